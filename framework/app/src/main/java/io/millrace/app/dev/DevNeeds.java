package io.millrace.app.dev;

import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a laptop has not got: the sections whose address is a reference that nothing answers.
 *
 * @param logs source sections that want the dev shop's access log
 * @param devices source sections that want the dev devices and their token
 * @param databases source sections that want the dev database
 * @param warehouses sink sections that want the dev warehouse
 * @param indices sink sections that want the dev search server
 * @param buckets sink section to the bucket that it wants in the dev object store
 */
public record DevNeeds(
        Set<String> logs,
        Set<String> devices,
        Set<String> databases,
        Set<String> warehouses,
        Set<String> indices,
        Map<String, String> buckets) {
    private static final String LOGS_TYPE = "logs";
    private static final String DEVICES_TYPE = "iot-http";
    private static final String TOKEN = "auth.bearer";
    private static final String POSTGRES_TYPE = "postgres-cdc";
    private static final String WAREHOUSE_TYPE = "jdbc";
    private static final String SEARCH_TYPE = "search-index";
    private static final String S3_TYPE = "s3-parquet";

    /** From a pipeline's references; those that the user's own environment answers, and those with a default, need nothing. */
    public static DevNeeds of(List<Reference> references, ReferenceResolver own) {
        Map<String, String> buckets = references.stream()
                .filter(reference -> isUnanswered(reference, own, S3_TYPE, "bucket"))
                .collect(Collectors.toMap(
                        reference -> reference.site().section(), DevNeeds::bucketName, (first, second) -> first));
        return new DevNeeds(
                inNeedOf(references, own, LOGS_TYPE, "path"),
                inNeedOf(references, own, DEVICES_TYPE, TOKEN),
                inNeedOf(references, own, POSTGRES_TYPE, "url"),
                inNeedOf(references, own, WAREHOUSE_TYPE, "url"),
                inNeedOf(references, own, SEARCH_TYPE, "url"),
                Map.copyOf(buckets));
    }

    private static Set<String> inNeedOf(List<Reference> references, ReferenceResolver own, String type, String field) {
        return references.stream()
                .filter(reference -> isUnanswered(reference, own, type, field))
                .map(reference -> reference.site().section())
                .collect(Collectors.toUnmodifiableSet());
    }

    public boolean isEmpty() {
        return logs.isEmpty() && devices.isEmpty() && !needsServers();
    }

    /** Whether a server must be started. */
    public boolean needsServers() {
        return !(databases.isEmpty() && warehouses.isEmpty() && indices.isEmpty() && buckets.isEmpty());
    }

    /** Whether a sink section is in need. */
    public boolean isSink(String section) {
        return warehouses.contains(section) || indices.contains(section) || buckets.containsKey(section);
    }

    /** Answers the references of the sections in need; nothing else. */
    public ReferenceResolver answers(DevEnvironment environment, DevInputs inputs) {
        return reference -> {
            String section = reference.site().section();
            String field = reference.site().field();
            if (logs.contains(section) && field.equals("path")) {
                return Optional.of(inputs.glob());
            }
            if (devices.contains(section) && field.equals(TOKEN)) {
                return Optional.of(inputs.token());
            }
            if (databases.contains(section)) {
                return environment.postgres().flatMap(database -> answer(database, field));
            }
            if (warehouses.contains(section)) {
                return environment.warehouse().flatMap(database -> answer(database, field));
            }
            if (indices.contains(section) && field.equals("url")) {
                return environment.search().map(DevEnvironment.Search::url);
            }
            return field.equals("bucket") ? Optional.ofNullable(buckets.get(section)) : Optional.empty();
        };
    }

    private static Optional<String> answer(DevEnvironment.Postgres database, String field) {
        return switch (field) {
            case "url" -> Optional.of(database.loginUrl());
            case "user" -> Optional.of(database.user());
            case "password" -> Optional.of(database.password());
            default -> Optional.empty();
        };
    }

    /** Stands in for {@link #answers} before there are any: with it a plan shows what else is unanswered, and nothing is started in vain. */
    public ReferenceResolver expected(DevInputs inputs) {
        DevEnvironment.Postgres database = new DevEnvironment.Postgres(
                "jdbc:postgresql://localhost:5432/dev",
                "jdbc:postgresql://localhost:5432/dev?user=dev&password=dev",
                "dev",
                "dev");
        return answers(
                new DevEnvironment(
                        Optional.of(database),
                        Optional.of(database),
                        Optional.of(new DevEnvironment.Search("http://localhost:9200")),
                        Optional.empty()),
                inputs);
    }

    private static boolean isUnanswered(Reference reference, ReferenceResolver own, String type, String field) {
        return reference.site().type().equals(type)
                && reference.site().field().equals(field)
                && reference.fallback().isEmpty()
                && own.resolve(reference).isEmpty();
    }

    /** {@code ${env:LAKE}} wants bucket {@code lake}. */
    private static String bucketName(Reference reference) {
        String name = (reference.key().isEmpty() ? reference.path() : reference.key())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9-]+", "-");
        return name.length() < 3 ? "millrace-" + name : name;
    }
}
