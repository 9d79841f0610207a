package io.millrace.app.dev;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What the dev services answered: where they are. Holds generated passwords of a laptop's own servers; not printed.
 *
 * @param postgres the shop's database, where one was asked for
 * @param s3 the object store, where one was asked for
 */
public record DevEnvironment(Optional<Postgres> postgres, Optional<S3> s3) {

    /** A database and the user that change data capture uses. */
    public record Postgres(String url, String user, String password) {
        @Override
        public String toString() {
            return "Postgres[" + url + "]";
        }
    }

    /**
     * An object store.
     *
     * @param folder where its objects are plain files, {@code <folder>/<bucket>/<key>}
     */
    public record S3(String endpoint, String region, String accessKeyId, String secretAccessKey, String folder) {
        /**
         * Answers the AWS SDK's default chains in this process, where the user's environment does not: sinks that name no endpoint and no
         * credentials then find this store.
         */
        public void answerDefaultChain() {
            System.setProperty("aws.endpointUrlS3", endpoint);
            System.setProperty("aws.region", region);
            System.setProperty("aws.accessKeyId", accessKeyId);
            System.setProperty("aws.secretAccessKey", secretAccessKey);
        }

        @Override
        public String toString() {
            return "S3[" + endpoint + "]";
        }
    }

    static DevEnvironment of(JsonNode json) {
        JsonNode postgres = json.path("postgres");
        JsonNode s3 = json.path("s3");
        return new DevEnvironment(
                postgres.isObject()
                        ? Optional.of(new Postgres(text(postgres, "url"), text(postgres, "user"), text(postgres, "password")))
                        : Optional.empty(),
                s3.isObject()
                        ? Optional.of(new S3(
                                text(s3, "endpoint"),
                                text(s3, "region"),
                                text(s3, "access_key_id"),
                                text(s3, "secret_access_key"),
                                text(s3, "folder")))
                        : Optional.empty());
    }

    private static String text(JsonNode node, String field) {
        return node.required(field).asText();
    }
}
