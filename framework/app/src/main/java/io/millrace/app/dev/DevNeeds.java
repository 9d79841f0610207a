package io.millrace.app.dev;

import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a laptop has not got: the sections whose address is a reference that nothing answers.
 *
 * @param databases source sections that want the dev database
 * @param buckets sink section to the bucket that it wants in the dev object store
 */
public record DevNeeds(Set<String> databases, Map<String, String> buckets) {
    private static final String POSTGRES_TYPE = "postgres-cdc";
    private static final String S3_TYPE = "s3-parquet";

    /** From a pipeline's references; those that the user's own environment answers, and those with a default, need nothing. */
    public static DevNeeds of(List<Reference> references, ReferenceResolver own) {
        Set<String> databases = references.stream()
                .filter(reference -> isUnanswered(reference, own, POSTGRES_TYPE, "url"))
                .map(reference -> reference.site().section())
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, String> buckets = references.stream()
                .filter(reference -> isUnanswered(reference, own, S3_TYPE, "bucket"))
                .collect(Collectors.toMap(
                        reference -> reference.site().section(), DevNeeds::bucketName, (first, second) -> first));
        return new DevNeeds(Set.copyOf(databases), Map.copyOf(buckets));
    }

    public boolean isEmpty() {
        return databases.isEmpty() && buckets.isEmpty();
    }

    /** Answers the references of the sections in need; nothing else. */
    public ReferenceResolver answers(DevEnvironment environment) {
        return reference -> {
            String section = reference.site().section();
            String field = reference.site().field();
            if (databases.contains(section)) {
                return environment.postgres().flatMap(postgres -> switch (field) {
                    case "url" -> Optional.of(postgres.loginUrl());
                    case "user" -> Optional.of(postgres.user());
                    case "password" -> Optional.of(postgres.password());
                    default -> Optional.empty();
                });
            }
            return field.equals("bucket") ? Optional.ofNullable(buckets.get(section)) : Optional.empty();
        };
    }

    /** Stands in for {@link #answers} before there are any: with it a plan shows what else is unanswered, and nothing is started in vain. */
    public ReferenceResolver expected() {
        return answers(new DevEnvironment(
                Optional.of(new DevEnvironment.Postgres(
                        "jdbc:postgresql://localhost:5432/dev",
                        "postgresql://dev:dev@localhost:5432/dev",
                        "dev",
                        "dev")),
                Optional.empty()));
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
