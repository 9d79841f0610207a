package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.model.ErrorPolicy;
import io.millrace.pipeline.model.StopIf;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.ConnectorPlan;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.TopicPlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final String SECRETS = """
            pipeline: p
            sources:
              db:
                type: postgres-cdc
                url: "jdbc:${env:HOST}:${env:PORT:-5432}/x"
                port: "${env:NUMBER:-5432}"
                password: "${file:/run/secrets/db:key}"
                tables: [public.orders]
            sinks:
              lake: {type: s3-parquet, bucket: "${env:BUCKET}", compression: "${env:COMPRESSION:-zstd}", from: raw.*}
            """;

    @Test
    void answersReferencesInsideValues() {
        PipelinePlan plan = Pipelines.plan(SECRETS, Map.of("HOST", "db.example", "BUCKET", "b"));

        assertThat(plan.connectors().get(0).config())
                .containsEntry("url", "jdbc:db.example:5432/x")
                .containsEntry("password", "from /run/secrets/db");
    }

    @Test
    void tellsEveryReferenceWithoutAnAnswer() {
        CheckedPipeline pipeline = Pipelines.load(SECRETS);

        assertThatThrownBy(() -> pipeline.plan(ReferenceResolver.none()))
                .isInstanceOf(ProblemException.class)
                .hasMessage("""
                        p.yaml:5:16 [pipeline.unresolved-reference] '${env:HOST}' has no value. Set the environment variable 'HOST', or write a default: ${env:HOST:-default}.
                        p.yaml:7:16 [pipeline.unresolved-reference] '${file:/run/secrets/db:key}' has no value. Put 'key' into the properties file '/run/secrets/db'.
                        p.yaml:10:37 [pipeline.unresolved-reference] '${env:BUCKET}' has no value. Set the environment variable 'BUCKET', or write a default: ${env:BUCKET:-default}.""".indent(0).stripTrailing());
    }

    @Test
    void passesOverReferencesWithoutAnAnswerWhereThatIsAllowed() {
        CheckedPipeline pipeline = Pipelines.load(SECRETS);

        pipeline.check(ReferenceResolver.none(), true);

        assertThatThrownBy(() -> pipeline.check(ReferenceResolver.of(Map.of("NUMBER", "many"), path -> Map.of()), true))
                .hasMessage("p.yaml:6:11 [pipeline.bad-value] '${env:NUMBER:-5432}' is no value for 'port'."
                        + " Write a whole number.");
    }

    @Test
    void asksOneResolverAfterTheOther() {
        ReferenceResolver first = ReferenceResolver.of(Map.of("HOST", "one"), path -> Map.of("key", "k"));
        ReferenceResolver second = ReferenceResolver.of(Map.of("HOST", "two", "BUCKET", "b"), path -> Map.of());

        PipelinePlan plan = Pipelines.load(SECRETS).plan(first.or(second));

        assertThat(plan.connectors().get(0).config()).containsEntry("url", "jdbc:one:5432/x");
        assertThat(plan.connectors().get(1).config()).containsEntry("bucket", "b");
    }

    @Test
    void neverPrintsWhatAReferenceStandsFor() {
        CheckedPipeline pipeline = Pipelines.load(SECRETS);
        ReferenceResolver secret = ReferenceResolver.of(
                Map.of("HOST", "h", "NUMBER", "s3cret", "BUCKET", "s3_cret", "COMPRESSION", "s3cret"),
                path -> Map.of("key", "s3cret"));

        assertThatThrownBy(() -> pipeline.plan(secret))
                .isInstanceOf(ProblemException.class)
                .hasMessage("""
                        p.yaml:6:11 [pipeline.bad-value] '${env:NUMBER:-5432}' is no value for 'port'. Write a whole number.
                        p.yaml:10:66 [pipeline.bad-value] '${env:COMPRESSION:-zstd}' is no value for 'compression': String must be one of: zstd, none.""".indent(0).stripTrailing());
        assertThat(pipeline.plan(ReferenceResolver.of(
                                Map.of("HOST", "h", "BUCKET", "b"), path -> Map.of("key", "s3cret")))
                        .toString())
                .doesNotContain("s3cret");
    }

    @Test
    void asksTheTypeAgainWhenReferencesAreAnswered() {
        CheckedPipeline pipeline = Pipelines.load(SECRETS);

        assertThatThrownBy(() -> pipeline.plan(
                        ReferenceResolver.of(Map.of("HOST", "h", "BUCKET", "s3_cret"), path -> Map.of("key", "k"))))
                .isInstanceOf(ProblemException.class)
                .hasMessage("p.yaml:10:36 [s3-parquet.bucket] A bucket's name has no underscore. Use a hyphen.");
    }

    @Test
    void refusesAReferenceThatDecidesWhichStreamsThereAre() {
        CheckedPipeline pipeline = Pipelines.load("""
                pipeline: p
                sources:
                  db: {type: postgres-cdc, url: x, tables: ["public.orders", "${env:MORE}"]}
                """);

        assertThatThrownBy(() -> pipeline.plan(ReferenceResolver.of(Map.of("MORE", "public.x"), path -> Map.of())))
                .isInstanceOf(ProblemException.class)
                .hasMessage("p.yaml:3:3 [pipeline.streams-by-reference] Which streams source 'db' makes depends on a"
                        + " reference. Write out the field that names them: streams are checked before references are"
                        + " answered.");
    }

    @Test
    void plansAnyConnectConnector() {
        PipelinePlan plan = Pipelines.plan("""
                pipeline: p
                sources:
                  files:
                    class: example.FileSource
                    streams: {lines: events}
                    tasks: 2
                    config: {topic: raw.p.lines, file: "${env:FILE}", key.converter: example.Keys}
                    on_error: {retry: 3, backoff: 1s..3s, then: stop}
                    transforms:
                      - {class: example.Upper, field: a}
                      - {class: example.Lower}
                sinks:
                  out: {class: example.Out, from: raw.lines}
                """, Map.of("FILE", "f"));

        assertThat(plan.connectors())
                .extracting(ConnectorPlan::toString)
                .containsExactly(
                        "ConnectorPlan[p.files, example.FileSource, SOURCE]",
                        "ConnectorPlan[p.out, example.Out, SINK]");
        assertThat(plan.connectors().get(0).config())
                .containsOnly(
                        Map.entry("name", "p.files"),
                        Map.entry("connector.class", "example.FileSource"),
                        Map.entry("tasks.max", "2"),
                        Map.entry("topic", "raw.p.lines"),
                        Map.entry("file", "f"),
                        Map.entry("key.converter", "example.Keys"),
                        Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
                        Map.entry("value.converter.schemas.enable", "true"),
                        Map.entry("value.converter.decimal.format", "NUMERIC"),
                        Map.entry("value.converter.replace.null.with.default", "false"),
                        Map.entry("transforms", "transforms[1].Upper,transforms[2].Lower"),
                        Map.entry("transforms.transforms[1].Upper.type", "example.Upper"),
                        Map.entry("transforms.transforms[1].Upper.field", "a"),
                        Map.entry("transforms.transforms[2].Lower.type", "example.Lower"),
                        Map.entry("errors.tolerance", "none"),
                        Map.entry("errors.retry.timeout", "6000"),
                        Map.entry("errors.retry.delay.max.ms", "3000"),
                        Map.entry("millrace.pipeline", "p"),
                        Map.entry("millrace.replay.topic", "replay.p"),
                        Map.entry("millrace.stage", "source:files"));
        assertThat(plan.connectors().get(1).config()).containsEntry("topics", "raw.p.lines");
    }

    @Test
    void keepsBytesAsTheyAre() {
        PipelinePlan plan = Pipelines.plan("""
                pipeline: p
                defaults: {topic: {partitions: 6, retention: 2d, replication: 3, min_isr: 2}}
                sources:
                  web: {type: logs, path: x, transforms: [{class: example.T}]}
                sinks:
                  lake: {type: s3-parquet, bucket: b, from: raw.web}
                """, Map.of());

        for (ConnectorPlan connector : plan.connectors()) {
            assertThat(connector.config())
                    .containsEntry("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter")
                    .doesNotContainKey("value.converter.schemas.enable")
                    .containsEntry("errors.deadletterqueue.topic.replication.factor", "3");
        }
        assertThat(plan.topics())
                .containsExactly(
                        new TopicPlan(
                                "raw.p.web",
                                6,
                                (short) 3,
                                Map.of(
                                        "cleanup.policy", "delete",
                                        "max.message.bytes", "16777216",
                                        "retention.ms", "172800000",
                                        "min.insync.replicas", "2")),
                        new TopicPlan(
                                "deadletter.p",
                                1,
                                (short) 3,
                                Map.of(
                                        "cleanup.policy", "delete",
                                        "max.message.bytes", "67108864",
                                        "retention.ms", "1209600000",
                                        "min.insync.replicas", "2")),
                        new TopicPlan(
                                "replay.p",
                                6,
                                (short) 3,
                                Map.of(
                                        "cleanup.policy", "delete",
                                        "max.message.bytes", "67108864",
                                        "retention.ms", "2592000000",
                                        "min.insync.replicas", "2")));
    }

    @Test
    void stopsAStageByTheNearestStopIf() {
        PipelinePlan plan = Pipelines.plan("""
                pipeline: p
                defaults: {on_error: {stop_if: 5% over 5m}}
                sources:
                  db: {type: postgres-cdc, url: x, tables: [public.a, public.b], on_error: {stop_if: 0.5% over 90s}}
                streams:
                  cleaned.a: {from: raw.a, steps: [unwrap: debezium]}
                  cleaned.b: {from: raw.b, steps: [unwrap: debezium], on_error: {stop_if: 50% over 1h}}
                sinks:
                  lake: {type: s3-parquet, bucket: b, from: cleaned.*}
                """, Map.of());

        assertThat(plan.connectors().get(0).config())
                .containsEntry("millrace.stop_if.percent", "0.5")
                .containsEntry("millrace.stop_if.window.ms", "90000")
                .containsEntry("millrace.replay.topic", "replay.p");
        assertThat(plan.connectors().get(1).config())
                .containsEntry("millrace.stop_if.percent", "5.0")
                .containsEntry("millrace.stop_if.window.ms", "300000")
                .containsEntry("millrace.replay.topic", "replay.p");
        assertThat(plan.onError(new StreamName("cleaned", "a")).stopIf())
                .contains(new StopIf(5, Duration.ofMinutes(5)));
        assertThat(plan.onError(new StreamName("cleaned", "b")).stopIf()).contains(new StopIf(50, Duration.ofHours(1)));
    }

    @Test
    void aRecordThatCannotPassIsKeptSkippedOrStopsAsTheNearestThenSays() {
        PipelinePlan plan = Pipelines.plan("""
                pipeline: p
                defaults: {on_error: {retry: 3, then: skip}}
                sources:
                  db: {type: postgres-cdc, url: x, tables: [public.a, public.b, public.c]}
                streams:
                  cleaned.a: {from: raw.a, steps: [unwrap: debezium]}
                  cleaned.b: {from: raw.b, steps: [unwrap: debezium], on_error: {then: stop}}
                  cleaned.c: {from: raw.c, steps: [unwrap: debezium], on_error: {then: dead_letter}}
                sinks:
                  lake: {type: s3-parquet, bucket: b, from: cleaned.a, on_error: {then: stop}}
                  pond: {type: s3-parquet, bucket: b, from: cleaned.b, on_error: {then: dead_letter}}
                """, Map.of());

        assertThat(plan.streams())
                .extracting(stream -> plan.onError(stream.name()).thenOrDefault())
                .containsExactly(ErrorPolicy.Then.SKIP, ErrorPolicy.Then.STOP, ErrorPolicy.Then.DEAD_LETTER);
        assertThat(plan.connectors().get(0).config())
                .containsEntry("errors.tolerance", "all")
                .containsEntry("millrace.skip", "true")
                .doesNotContainKey("errors.deadletterqueue.topic.name");
        assertThat(plan.connectors().get(1).config())
                .containsEntry("errors.tolerance", "none")
                .doesNotContainKey("millrace.skip");
        assertThat(plan.connectors().get(2).config())
                .containsEntry("errors.deadletterqueue.topic.name", "deadletter.p")
                .doesNotContainKey("millrace.skip");
    }

    @Test
    void nothingStopsThePlanOfTests() {
        CheckedPipeline pipeline = Pipelines.load("""
                pipeline: p
                defaults: {on_error: {then: skip, stop_if: 5% over 5m}}
                sources:
                  db: {type: postgres-cdc, url: x, tables: [public.a, public.b]}
                streams:
                  cleaned.a: {from: raw.a, steps: [unwrap: debezium]}
                  cleaned.b: {from: raw.b, steps: [unwrap: debezium], on_error: {then: stop}}
                sinks: {}
                """);

        PipelinePlan alone = pipeline.layersAlone();

        assertThat(alone.onError(new StreamName("cleaned", "a")).thenOrDefault())
                .isEqualTo(ErrorPolicy.Then.SKIP);
        assertThat(alone.onError(new StreamName("cleaned", "b")).thenOrDefault())
                .isEqualTo(ErrorPolicy.Then.DEAD_LETTER);
        assertThat(alone.streams())
                .allSatisfy(stream ->
                        assertThat(alone.onError(stream.name()).stopIf()).isEmpty());
    }

    @Test
    void addsTransformsAfterThoseOfTheType() {
        PipelinePlan plan = Pipelines.plan("""
                pipeline: p
                sources:
                  db: {type: postgres-cdc, url: x, tables: [public.a], transforms: [{class: example.T}]}
                """, Map.of());

        assertThat(plan.connectors().get(0).config())
                .containsEntry("transforms", "route,transforms[1].T")
                .containsEntry("transforms.transforms[1].T.type", "example.T");
    }

    @Test
    void layersAnEnvironmentOverTheFile() {
        String yaml = """
                pipeline: p
                defaults: {topic: {partitions: 6, retention: 7d}}
                sources:
                  db: {type: postgres-cdc, url: x, tables: [public.a, public.b]}
                sinks:
                  lake: {type: s3-parquet, bucket: b, compression: none, from: raw.*}
                environments:
                  prod:
                    defaults: {topic: {partitions: 24}}
                    sources: {db: {tables: [public.a]}}
                    sinks: {lake: {compression: null, bukcet: x}}
                  test:
                    sinks: {lake: null, other: {type: s3-parquet, bucket: t, path: null, from: raw.a}}
                """;

        PipelinePlan test = Pipelines.load(yaml, Optional.of("test")).plan(ReferenceResolver.none());

        assertThat(test.connectors()).extracting(ConnectorPlan::name).containsExactly("p.db", "p.other");
        assertThatThrownBy(() -> Pipelines.load(yaml, Optional.of("prod")))
                .hasMessage("p.yaml:11:39 [pipeline.unknown-field] 'bukcet' is not a field of sink type 's3-parquet'."
                        + " Did you mean 'bucket'? Fields: bucket, compression, path, roll.every, roll.size, secret.");
        assertThatThrownBy(() -> Pipelines.load(yaml, Optional.of("prd")))
                .hasMessage("p.yaml:1:1 [pipeline.unknown-environment] 'prd' is not an environment of this pipeline."
                        + " Did you mean 'prod'? Environments: prod, test.");
        PipelinePlan prod = Pipelines.load(yaml.replace(", bukcet: x", ""), Optional.of("prod"))
                .plan(ReferenceResolver.none());
        assertThat(prod.topics())
                .extracting(topic -> topic.name() + " " + topic.partitions())
                .containsExactly("raw.p.a 24", "deadletter.p 1", "replay.p 24");
        assertThat(prod.connectors().get(1).config()).doesNotContainKey("compression");
    }
}
