package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of sources and sinks. */
class SectionProblemsTest {
    private static final String SOURCE =
            "pipeline: p\nsources:\n  db: {type: postgres-cdc, url: x, tables: [public.orders]}\n";

    static Stream<Arguments> sinks() {
        return Stream.of(
                fault(
                        "lake: {type: s3-parquet, from: raw.*}",
                        "5:3 [pipeline.missing-field] 'bucket' is missing: type 's3-parquet' needs it. The bucket's name."),
                fault(
                        "lake: {type: s3-parquet, bucket: b}",
                        "5:3 [pipeline.missing-field] 'from' is missing: a sink needs it."),
                fault(
                        "lake: {type: s3-parket, bucket: b, from: raw.*}",
                        "5:16 [pipeline.unknown-type] 's3-parket' is not a type of sink. Did you mean 's3-parquet'? Types: s3-parquet."),
                fault(
                        "lake: {type: postgres-cdc, from: raw.*}",
                        "5:16 [pipeline.unknown-type] 'postgres-cdc' is not a type of sink, it is one of source. Types: s3-parquet."),
                fault(
                        "lake: {type: s3-parquet, bukcet: b, from: raw.*}",
                        "5:3 [pipeline.missing-field] 'bucket' is missing: type 's3-parquet' needs it. The bucket's name.\n5:28 [pipeline.unknown-field] 'bukcet' is not a field of sink type 's3-parquet'. Did you mean 'bucket'? Fields: bucket, compression, path, roll.every, roll.size, secret."),
                fault(
                        "lake: {type: s3-parquet, bucket: b, from: raw.*, roll: {sise: 1}}",
                        "5:59 [pipeline.unknown-field] 'roll.sise' is not a field of sink type 's3-parquet'. Did you mean 'roll.size'? Fields: bucket, compression, path, roll.every, roll.size, secret."),
                fault(
                        "lake: {type: s3-parquet, bucket: b, from: raw.*, compression: zip}",
                        "5:65 [pipeline.bad-value] 'zip' is no value for 'compression': String must be one of: zstd, none."),
                fault(
                        "lake: {type: s3-parquet, bucket: b_c, from: raw.*}",
                        "5:36 [s3-parquet.bucket] A bucket's name has no underscore. Use a hyphen."),
                fault(
                        "lake: {type: s3-parquet, bucket: , from: raw.*}",
                        "5:3 [pipeline.missing-field] 'bucket' is missing: type 's3-parquet' needs it. The bucket's name.\n5:35 [pipeline.wrong-kind] 'bucket' must be a single value; it has no value."),
                fault(
                        "lake: {type: s3-parquet, bucket: b, from: cleaned.*}",
                        "5:45 [pipeline.unknown-stream] No stream matches 'cleaned.*'. Streams: raw.orders."),
                fault(
                        "lake: {type: s3-parquet, bucket: b, from: [raw.order]}",
                        "5:46 [pipeline.unknown-stream] 'raw.order' is not a stream. Did you mean 'raw.orders'? Streams: raw.orders."),
                fault(
                        "db: {type: s3-parquet, bucket: b, from: raw.*}",
                        "5:3 [pipeline.duplicate-name] 'db' is the name of a source too, at line 3. Both would be the connector 'p.db': rename one of them."),
                fault(
                        "lake: {bucket: b, from: raw.*}",
                        "5:3 [pipeline.type-or-class] 'lake' has neither 'type' nor 'class'. Write 'type: <short name>', or 'class: <connector class>' with 'config'."),
                fault(
                        "lake: {type: s3-parquet, class: example.X, from: raw.*}",
                        "5:3 [pipeline.type-or-class] 'lake' has both 'type' and 'class'. Write 'type: <short name>', or 'class: <connector class>' with 'config'."),
                fault(
                        "lake: {class: missing.X, from: raw.*}",
                        "5:17 [pipeline.unknown-class] No plugin holds the connector class 'missing.X'. Put the connector's plugin into the plugins folder, or correct the name."),
                fault(
                        "lake: {class: example.X, from: raw.*, bucket: b}",
                        "5:41 [pipeline.unknown-field] 'bucket' is not a field of a sink with 'class'. Fields: class, config, from, on_error, tasks, transforms."),
                fault(
                        "lake: {class: example.X, from: raw.*, tasks: 0}",
                        "5:48 [pipeline.bad-value] '0' is no value for 'tasks'. Write a whole number from 1 to 1000."),
                fault(
                        "lake: {class: example.X, from: raw.*, transforms: [{field: x}]}",
                        "5:54 [pipeline.missing-field] 'class' is missing: a transform needs it."),
                fault(
                        "lake: {class: example.X, from: raw.*, on_error: {retry: lots, backoff: soon, then: dlq}}",
                        "5:59 [pipeline.bad-value] 'lots' is no value for 'retry'. Write a whole number from 0 to 1000.\n5:74 [pipeline.bad-value] 'soon' is no value for 'backoff'. Write one duration or a range, 1s or 1s..1m.\n5:86 [pipeline.bad-value] 'dlq' is no value for 'then'. Write dead_letter, skip or stop."),
                fault(
                        "lake: {class: example.X, from: raw.*, on_error: {then: skip, stop_if: 5%}}",
                        "5:73 [pipeline.bad-value] '5%' is no value for 'stop_if'. Write a share and a window, 5% over 5m: below 100%, and at least 1s."),
                fault(
                        "lake: {class: example.X, from: raw.*, config: {a: [\"b,c\"]}}",
                        "5:54 [pipeline.bad-value] 'b,c' is no value for 'a'. Write each element without a comma."),
                fault(
                        "lake: {class: example.X, from: raw.*, config: {a: \"${vault:x}\"}}",
                        "5:54 [pipeline.reference] '${vault:x}' is not a reference that can be read. References: ${env:NAME}, ${env:NAME:-default}, ${file:path:key}."),
                fault(
                        "Lake: {class: example.X, from: raw.*}",
                        "5:3 [pipeline.name] 'Lake' cannot be the name of a sink. Use a-z, 0-9, '_' and '-', at most 63 characters, the first a letter or a digit."));
    }

    private static Arguments fault(String section, String expected) {
        return Arguments.of(section, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sinks")
    void tellsWhatIsWrongWithASink(String sink, String expected) {
        assertThat(Pipelines.problems(SOURCE + "sinks:\n  " + sink + "\n"))
                .isEqualTo("p.yaml:" + expected.replace("\n", "\np.yaml:"));
    }

    static Stream<Arguments> sources() {
        return Stream.of(
                fault(
                        "db: {type: postgres-cdc, url: x, tables: [public.orders], port: many}",
                        "3:67 [pipeline.bad-value] 'many' is no value for 'port'. Write a whole number."),
                fault(
                        "db: {type: postgres-cdc, url: x, tables: [public.orders], port: 0}",
                        "3:67 [pipeline.bad-value] '0' is no value for 'port': Value must be at least 1."),
                fault(
                        "db: {type: postgres-cdc, url: x, tables: [public.orders], from: y}",
                        "3:61 [pipeline.unknown-field] 'from' is not a field of a source. Fields: on_error, tasks, transforms, type."),
                fault(
                        "db: {type: postgres-cdc, url: x, tables: [public.orders, other.orders]}",
                        "3:3 [pipeline.duplicate-stream] Source 'db' makes 'raw.orders', which it makes already. Let one of them make it."),
                fault(
                        "db: {type: postgres-cdc, url: x, tables: [public.orders]}\n  db2: {type: postgres-cdc, url: x, tables: [public.orders]}",
                        "4:3 [pipeline.duplicate-stream] Source 'db2' makes 'raw.orders', which source 'db' makes too. Let one of them make it."),
                fault(
                        "db: {class: example.X, config: {}}",
                        "3:3 [pipeline.missing-field] 'streams' is missing: a source with 'class' needs it."),
                fault(
                        "db: {class: example.X, streams: {a: list, B: table}}",
                        "3:39 [pipeline.bad-value] 'list' is no value for 'a'. Write events or table.\n3:45 [pipeline.name] 'B' cannot be the name of a stream. Use a-z, 0-9, '_' and '-', at most 63 characters, the first a letter or a digit."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sources")
    void tellsWhatIsWrongWithASource(String source, String expected) {
        assertThat(Pipelines.problems("pipeline: p\nsources:\n  " + source + "\n"))
                .isEqualTo("p.yaml:" + expected.replace("\n", "\np.yaml:"));
    }

    @Test
    void aPlainConnectorLeavesToThePipelineWhatIsThePipelines() {
        assertThat(Pipelines.problems(SOURCE + """
                        sinks:
                          out:
                            class: example.Out
                            from: raw.*
                            config: {topics: x, errors.tolerance: none, tasks.max: 3}
                        """))
                .isEqualTo("p.yaml:8:14 [pipeline.reserved-key] 'topics' is set by the pipeline. Leave it out.\n"
                        + "p.yaml:8:25 [pipeline.reserved-key] 'errors.tolerance' is set by the pipeline."
                        + " Write 'on_error' instead.");
    }

    @Test
    void aSinkReadsBytesOrRowsButNotBoth() {
        assertThat(Pipelines.problems("""
                        pipeline: p
                        sources:
                          db: {type: postgres-cdc, url: x, tables: [public.orders]}
                          web: {type: logs, path: x}
                        sinks:
                          lake: {type: s3-parquet, bucket: b, from: raw.*}
                        """))
                .isEqualTo(
                        "p.yaml:6:3 [pipeline.mixed-formats] Sink 'lake' reads bytes [raw.web] and rows [raw.orders]."
                                + " Write two sinks.");
    }

    @Test
    void aProblemOfASourceIsNotToldAgainByWhatReadsIt() {
        assertThat(Pipelines.problems("""
                        pipeline: p
                        sources:
                          db: {type: mysql-cdc, url: x, tables: [public.orders]}
                        streams:
                          cleaned.orders: {from: raw.orders, steps: [{unwrap: debezium}, {validate: {a: value.x > 1}}]}
                        sinks:
                          lake: {type: s3-parquet, bucket: b, from: cleaned.*}
                        """))
                .isEqualTo("p.yaml:3:14 [pipeline.unknown-type] 'mysql-cdc' is not a type of source."
                        + " Types: logs, postgres-cdc.");
    }
}
