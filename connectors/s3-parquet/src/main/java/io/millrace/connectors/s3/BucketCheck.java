package io.millrace.connectors.s3;

import io.millrace.api.Finding;
import io.millrace.connectors.s3.S3ParquetSinkConfig.Location;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** Asks whether a bucket can be reached and used, and says what is in the way. */
final class BucketCheck {
    private BucketCheck() {}

    static List<Finding> of(Location location) {
        Optional<Finding> environment = environmentTrouble(location);
        if (environment.isPresent()) {
            return List.of(environment.get());
        }
        try (S3Client s3 = S3Clients.forCheck(location)) {
            s3.headBucket(request -> request.bucket(location.bucket()));
            return List.of();
        } catch (AwsServiceException e) {
            return List.of(refused(location, e));
        } catch (SdkException e) {
            return List.of(unanswered(location, e));
        }
    }

    /** What stands in the pipeline was checked before; what stands in the environment is first read here. */
    private static Optional<Finding> environmentTrouble(Location location) {
        if (location.endpoint().isPresent()) {
            return Optional.empty();
        }
        return S3Clients.endpoint(location)
                .filter(url -> Settings.endpointTrouble(url).isPresent())
                .map(url -> new Finding(
                        Finding.Fault.YOURS,
                        S3ParquetShorthand.TYPE + ".endpoint",
                        Settings.ENDPOINT.field(),
                        "The endpoint that the environment gives, '" + url + "', is not the URL of a server.",
                        "Set AWS_ENDPOINT_URL_S3 to for example 'http://127.0.0.1:9000', or set 'endpoint'."));
    }

    private static Finding refused(Location location, AwsServiceException e) {
        String bucket = "The bucket '" + location.bucket() + "'" + at(location);
        return switch (e.statusCode()) {
            case 404 ->
                environment("no-bucket", "bucket", bucket + " does not exist.", "Create it or correct 'bucket'.");
            case 401, 403 ->
                environment(
                        "forbidden",
                        "access_key_id",
                        bucket + " refuses the credentials.",
                        "Correct 'access_key_id' and 'secret_access_key', or let their owner list, read, write and delete in the"
                                + " bucket.");
            case 301, 307, 400 ->
                environment(
                        "region",
                        "region",
                        bucket + " is not in the region that was asked (HTTP status " + e.statusCode() + ").",
                        "Set 'region' to the bucket's region.");
            default ->
                environment(
                        "refused",
                        "bucket",
                        bucket + " answers with HTTP status " + e.statusCode() + ": " + S3ObjectStore.reason(e) + ".",
                        "See the server's log.");
        };
    }

    private static Finding unanswered(Location location, SdkException e) {
        String reason = String.valueOf(e.getMessage());
        if (reason.startsWith("Unable to load credentials")) {
            return environment(
                    "no-credentials",
                    "access_key_id",
                    "There are no credentials for the bucket '" + location.bucket() + "'.",
                    "Set 'access_key_id' and 'secret_access_key', or the AWS SDK's environment variables"
                            + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
        }
        if (reason.startsWith("Unable to load region")) {
            return environment(
                    "no-region",
                    "region",
                    "There is no region for the bucket '" + location.bucket() + "'.",
                    "Set 'region', or the environment variable AWS_REGION; for a server other than AWS, set 'endpoint'.");
        }
        return environment(
                "unreachable",
                "endpoint",
                "S3" + at(location) + " cannot be reached: " + cause(e) + ".",
                remedy(location));
    }

    private static String remedy(Location location) {
        if (location.endpoint().isPresent()) {
            return "Start the server, correct 'endpoint', or look at the network between.";
        }
        return S3Clients.endpoint(location).isPresent()
                ? "Start the server, correct AWS_ENDPOINT_URL_S3, or look at the network between."
                : "Look at the network between; for a server other than AWS, set 'endpoint'.";
    }

    private static String cause(SdkException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
    }

    private static String at(Location location) {
        return S3Clients.endpoint(location).map(url -> " at '" + url + "'").orElse("");
    }

    private static Finding environment(String what, String field, String message, String remedy) {
        return new Finding(Finding.Fault.ENVIRONMENT, S3ParquetShorthand.TYPE + "." + what, field, message, remedy);
    }
}
