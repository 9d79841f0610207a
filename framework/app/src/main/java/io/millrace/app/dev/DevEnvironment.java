package io.millrace.app.dev;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the dev services answered: where they are. Holds generated passwords of a laptop's own servers; not printed.
 *
 * @param postgres the shop's database, where one was asked for
 * @param warehouse the second database, where one was asked for
 * @param search the search server, where one was asked for
 * @param s3 the object store, where one was asked for
 */
public record DevEnvironment(
        Optional<Postgres> postgres, Optional<Postgres> warehouse, Optional<Search> search, Optional<S3> s3) {

    /**
     * A database and a user that owns its tables.
     *
     * @param loginUrl the url with user and password in it, for sections that name neither
     */
    public record Postgres(String url, String loginUrl, String user, String password) {
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

    /** A search server that asks for no credentials. */
    public record Search(String url) {}

    public static DevEnvironment none() {
        return new DevEnvironment(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** With what another line tells. */
    DevEnvironment with(JsonNode line) {
        return new DevEnvironment(
                read(line, "postgres", DevEnvironment::database).or(() -> postgres),
                read(line, "warehouse", DevEnvironment::database).or(() -> warehouse),
                read(line, "search", node -> new Search(text(node, "url"))).or(() -> search),
                read(line, "s3", DevEnvironment::store).or(() -> s3));
    }

    private static <T> Optional<T> read(JsonNode line, String service, Function<JsonNode, T> reader) {
        JsonNode node = line.path(service);
        return node.isObject() ? Optional.of(reader.apply(node)) : Optional.empty();
    }

    private static Postgres database(JsonNode node) {
        return new Postgres(text(node, "url"), text(node, "login_url"), text(node, "user"), text(node, "password"));
    }

    private static S3 store(JsonNode node) {
        return new S3(
                text(node, "endpoint"),
                text(node, "region"),
                text(node, "access_key_id"),
                text(node, "secret_access_key"),
                text(node, "folder"));
    }

    private static String text(JsonNode node, String field) {
        return node.required(field).asText();
    }
}
