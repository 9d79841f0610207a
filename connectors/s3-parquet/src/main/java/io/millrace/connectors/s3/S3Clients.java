package io.millrace.connectors.s3;

import io.millrace.connectors.s3.S3ParquetSinkConfig.Location;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients of the AWS SDK for a location. */
final class S3Clients {
    private S3Clients() {}

    /** For a task: each request may take its time and is tried three times. */
    static S3Client forTask(Location location) {
        return client(location, Duration.ofSeconds(5), Duration.ofSeconds(60), 3);
    }

    /** For a look whether the bucket is there: answers within a few seconds. */
    static S3Client forCheck(Location location) {
        return client(location, Duration.ofSeconds(3), Duration.ofSeconds(5), 1);
    }

    private static S3Client client(Location location, Duration connect, Duration answer, int attempts) {
        Optional<URI> endpoint = endpoint(location).map(URI::create);
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(connect)
                        .socketTimeout(answer))
                .credentialsProvider(credentials(location))
                .forcePathStyle(location.pathStyle().orElse(endpoint.isPresent()))
                .overrideConfiguration(
                        override -> override.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(attempts)
                                .build()));
        region(location, endpoint.isPresent()).ifPresent(builder::region);
        endpoint.ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** The configured endpoint, or that of the environment; found here because path style and region depend on it. */
    static Optional<String> endpoint(Location location) {
        return location.endpoint().or(() -> Stream.of(
                        System.getProperty("aws.endpointUrlS3"),
                        System.getenv("AWS_ENDPOINT_URL_S3"),
                        System.getProperty("aws.endpointUrl"),
                        System.getenv("AWS_ENDPOINT_URL"))
                .filter(url -> url != null && !url.isBlank())
                .findFirst());
    }

    private static AwsCredentialsProvider credentials(Location location) {
        if (location.accessKeyId().isPresent() && location.secretAccessKey().isPresent()) {
            return StaticCredentialsProvider.create(AwsBasicCredentials.create(
                    location.accessKeyId().get(),
                    location.secretAccessKey().get().value()));
        }
        return DefaultCredentialsProvider.builder().build();
    }

    /** Empty leaves it to the SDK's whole chain, which asks the instance it may run on. */
    private static Optional<Region> region(Location location, boolean ownEndpoint) {
        if (location.region().isPresent()) {
            return location.region().map(Region::of);
        }
        if (!ownEndpoint) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                            .getRegion());
        } catch (SdkClientException e) {
            // servers other than AWS have no regions; requests are signed with one all the same
            return Optional.of(Region.US_EAST_1);
        }
    }
}
