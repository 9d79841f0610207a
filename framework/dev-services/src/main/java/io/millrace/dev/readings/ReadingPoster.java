package io.millrace.dev.readings;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Posts lines as NDJSON, again and again until they are acknowledged. One thread. */
public final class ReadingPoster {
    private static final Set<Integer> TRY_AGAIN = Set.of(408, 429, 500, 502, 503, 504);
    private static final Duration REQUEST = Duration.ofSeconds(60);
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI url;
    private final Optional<String> token;
    private final Duration patience;
    private final Random random;
    private long retries;

    /**
     * @param patience how long one post is tried
     * @param seed of the pauses between tries
     */
    public ReadingPoster(URI url, Optional<String> token, Duration patience, long seed) {
        this.url = url;
        this.token = token;
        this.patience = patience;
        this.random = new Random(seed);
    }

    /** How often something was posted again. */
    public long retries() {
        return retries;
    }

    /**
     * Returns when the lines are acknowledged.
     *
     * @param end stops trying when it is reached
     * @return false when it was stopped before
     * @throws ProblemException {@code dev.readings-refused} when the source will never take them; {@code dev.readings-unreachable} when it
     *     did not within the patience
     */
    public boolean post(List<String> lines, CountDownLatch end) throws InterruptedException {
        HttpRequest request = request(lines);
        long begin = System.nanoTime();
        for (int tries = 1; ; tries++) {
            String trouble;
            long pauseMillis = pause(tries);
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) {
                    return true;
                }
                trouble = "it answers " + response.statusCode() + " " + response.body();
                if (!TRY_AGAIN.contains(response.statusCode())) {
                    throw problem(ExitCode.YOURS, "dev.readings-refused", trouble);
                }
                pauseMillis = Math.max(pauseMillis, askedPause(response));
            } catch (IOException e) {
                trouble = "it cannot be reached (" + e + ")";
            }
            if (System.nanoTime() - begin > patience.toNanos()) {
                throw problem(ExitCode.ENVIRONMENT, "dev.readings-unreachable", trouble);
            }
            retries++;
            if (end.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
    }

    private HttpRequest request(List<String> lines) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(REQUEST)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", lines) + "\n"));
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request.build();
    }

    /** Doubles from 50 ms, and is never quite the same, so that devices do not come back together. */
    private long pause(int tries) {
        long most = Math.min(LONGEST_PAUSE_MILLIS, 50L << Math.min(tries, 10));
        return most / 2 + random.nextInt((int) most / 2);
    }

    private static long askedPause(HttpResponse<String> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("0");
        return seconds.matches("[0-9]{1,6}") ? Math.min(LONGEST_PAUSE_MILLIS, Long.parseLong(seconds) * 1_000) : 0;
    }

    private ProblemException problem(ExitCode code, String what, String trouble) {
        return new ProblemException(
                code,
                Problem.error(
                        what,
                        "",
                        "the readings cannot be posted to '" + url + "': " + trouble + ".",
                        "Does the pipeline with its iot-http source run there, and is the token right?"));
    }
}
