package io.millrace.app.dev;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceResolver;
import io.millrace.pipeline.yaml.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DevNeedsTest {
    private static final Reference URL = reference("DB_URL", "db", "postgres-cdc", "url", Optional.empty());
    private static final Reference USER = reference("DB_USER", "db", "postgres-cdc", "user", Optional.of("cdc"));
    private static final Reference PASSWORD =
            reference("DB_PASSWORD", "db", "postgres-cdc", "password", Optional.empty());
    private static final Reference BUCKET = reference("My_Lake", "lake", "s3-parquet", "bucket", Optional.empty());
    private static final DevEnvironment ENVIRONMENT = new DevEnvironment(
            Optional.of(new DevEnvironment.Postgres("jdbc:x", "jdbc:x?user=u", "u", "p")),
            Optional.of(new DevEnvironment.Postgres("jdbc:w", "jdbc:w?user=v", "v", "q")),
            Optional.of(new DevEnvironment.Search("http://s")),
            Optional.empty());

    private static final DevInputs INPUTS = new DevInputs(Path.of("dev/access.log"), "secret");

    @Test
    void whatNothingAnswersIsNeeded() {
        DevNeeds needs = DevNeeds.of(List.of(URL, USER, PASSWORD, BUCKET), ReferenceResolver.none());

        assertThat(needs.databases()).containsExactly("db");
        assertThat(needs.buckets()).containsExactly(Map.entry("lake", "my-lake"));
        ReferenceResolver answers = needs.answers(ENVIRONMENT, INPUTS);
        assertThat(answers.resolve(URL)).contains("jdbc:x?user=u");
        assertThat(answers.resolve(USER)).contains("u");
        assertThat(answers.resolve(PASSWORD)).contains("p");
        assertThat(answers.resolve(BUCKET)).contains("my-lake");
    }

    @Test
    void sinksNeedAWarehouseAndASearchServer() {
        Reference warehouse = reference("WAREHOUSE_URL", "warehouse", "jdbc", "url", Optional.empty());
        Reference warehouseUser = reference("WAREHOUSE_USER", "warehouse", "jdbc", "user", Optional.empty());
        Reference search = reference("SEARCH_URL", "search", "search-index", "url", Optional.empty());
        Reference searchPassword = reference("SEARCH_PASSWORD", "search", "search-index", "password", Optional.empty());

        DevNeeds needs =
                DevNeeds.of(List.of(warehouse, warehouseUser, search, searchPassword), ReferenceResolver.none());

        assertThat(needs.databases()).isEmpty();
        assertThat(needs.warehouses()).containsExactly("warehouse");
        assertThat(needs.indices()).containsExactly("search");
        assertThat(needs.isSink("warehouse")).isTrue();
        assertThat(needs.isSink("db")).isFalse();
        ReferenceResolver answers = needs.answers(ENVIRONMENT, INPUTS);
        assertThat(answers.resolve(warehouse)).contains("jdbc:w?user=v");
        assertThat(answers.resolve(warehouseUser)).contains("v");
        assertThat(answers.resolve(search)).contains("http://s");
        assertThat(answers.resolve(searchPassword)).isEmpty();
        assertThat(needs.expected(INPUTS).resolve(search)).contains("http://localhost:9200");
    }

    @Test
    void aLogAndDevicesNeedNoServer() {
        Reference log = reference("ACCESS_LOG", "clicks", "logs", "path", Optional.empty());
        Reference token = reference("IOT_TOKEN", "readings", "iot-http", "auth.bearer", Optional.empty());

        DevNeeds needs = DevNeeds.of(List.of(log, token), ReferenceResolver.none());

        assertThat(needs.isEmpty()).isFalse();
        assertThat(needs.needsServers()).isFalse();
        ReferenceResolver answers = needs.answers(DevEnvironment.none(), INPUTS);
        assertThat(answers.resolve(log)).contains("dev/access.log*");
        assertThat(answers.resolve(token)).contains("secret");
        assertThat(INPUTS.toString()).doesNotContain("secret");
    }

    @Test
    void aDatabaseOfTheUsersOwnIsLeftAlone() {
        ReferenceResolver own = ReferenceResolver.of(Map.of("DB_URL", "jdbc:own"), path -> Map.of());

        DevNeeds needs = DevNeeds.of(List.of(URL, PASSWORD, BUCKET), own);

        assertThat(needs.databases()).isEmpty();
        assertThat(needs.answers(ENVIRONMENT, INPUTS).resolve(PASSWORD)).isEmpty();
    }

    @Test
    void aPipelineWithoutUnansweredReferencesNeedsNothing() {
        assertThat(DevNeeds.of(List.of(USER), ReferenceResolver.none()).isEmpty())
                .isTrue();
    }

    private static Reference reference(
            String variable, String section, String type, String field, Optional<String> fallback) {
        ConnectorShorthand.Role role =
                type.equals("postgres-cdc") ? ConnectorShorthand.Role.SOURCE : ConnectorShorthand.Role.SINK;
        return new Reference(
                "${env:" + variable + "}",
                "env",
                variable,
                "",
                fallback,
                new Place("p.yaml", 1, 1),
                new Reference.Site(section, role, type, field));
    }
}
