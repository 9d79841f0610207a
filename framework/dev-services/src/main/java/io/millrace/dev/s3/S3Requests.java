package io.millrace.dev.s3;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The two requests that dev services make themselves, signed by AWS signature version 2, so that no SDK is needed here. */
final class S3Requests {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final String endpoint;
    private final String accessKeyId;
    private final String secretAccessKey;
    private final Clock clock;

    S3Requests(String endpoint, String accessKeyId, String secretAccessKey, Clock clock) {
        this.endpoint = endpoint;
        this.accessKeyId = accessKeyId;
        this.secretAccessKey = secretAccessKey;
        this.clock = clock;
    }

    /** Whether the server answers and knows our keys. */
    boolean answers() {
        try {
            return send("GET", "/") == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes a bucket; one that exists is fine. */
    void createBucket(String bucket) throws IOException {
        int status = send("PUT", "/" + bucket);
        if (status != 200 && status != 409) {
            throw new IOException("bucket '" + bucket + "' could not be made: S3 answers " + status);
        }
    }

    private int send(String method, String path) throws IOException {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(clock.withZone(ZoneOffset.UTC)));
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(TIMEOUT)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("x-amz-date", date)
                .header("Authorization", "AWS " + accessKeyId + ":" + signature(method, path, date))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Amazon S3 developer guide, "Signing and authenticating REST requests (signature version 2)". */
    private String signature(String method, String path, String date) {
        String toSign = method + "\n\n\n\nx-amz-date:" + date + "\n" + path;
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secretAccessKey.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(toSign.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HmacSHA1", e);
        }
    }
}
