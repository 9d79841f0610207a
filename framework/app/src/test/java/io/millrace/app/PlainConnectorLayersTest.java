package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of a connector named by its class, which are texts and no rows: the guide's example. */
class PlainConnectorLayersTest {
    private static final String RAW = "raw.lines.app";

    private RunningLayers lines;

    @BeforeEach
    void start(@TempDir Path stateDir) {
        PipelinePlan plan = PipelineLoader.parse("lines.yaml", """
                        pipeline: lines
                        sources:
                          text:
                            class: org.apache.kafka.connect.file.FileStreamSourceConnector
                            config: {file: /var/log/app.log}
                            streams: {app: events}
                        streams:
                          cleaned.app:
                            from: raw.app
                            steps:
                              - smt: {class: "org.apache.kafka.connect.transforms.HoistField$Value", field: line}
                          cleaned.texts: {from: raw.app}
                        sinks:
                          lake: {type: s3-parquet, from: cleaned.app, bucket: my-lake}
                        """, Optional.empty(), new ShortTypes())
                .plan(ReferenceResolver.none());
        lines = new RunningLayers(plan, stateDir);
    }

    @AfterEach
    void everyRecordIsAccountedFor() {
        lines.assertEveryRecordIsAccountedFor();
        lines.close();
    }

    @Test
    void aTransformMakesRowsOfTexts() {
        lines.send(RAW, null, json("\"hello\""));
        lines.send(RAW, null, json("\"hello\""));

        assertThat(lines.changes("cleaned.lines.app"))
                .containsExactly("null={\"line\":\"hello\"}", "null={\"line\":\"hello\"}");
    }

    @Test
    void aTextThatStaysATextIsADeadLetter() {
        lines.send(RAW, null, json("\"hello\""));

        assertThat(lines.take("deadletter.lines"))
                .extracting(letter -> RunningLayers.headers(letter).get("millrace.error.message"))
                .containsExactly("the value is not a row after the last step");
    }

    @Test
    void bytesThatAreNoJsonAndRecordsWithoutAValueAreDeadLettersOfEachStream() {
        lines.send(RAW, null, ShopChanges.utf8("hello"));
        lines.send(RAW, null, new byte[0]);
        lines.send(RAW, new byte[] {(byte) 0xff}, null);

        assertThat(lines.take("deadletter.lines"))
                .extracting(letter -> RunningLayers.headers(letter).get("millrace.error.code"))
                .containsExactly(
                        "layers.unreadable",
                        "layers.unreadable",
                        "layers.unreadable",
                        "layers.unreadable",
                        "layers.no-value",
                        "layers.no-value");
    }

    private static byte[] json(String payload) {
        return ShopChanges.utf8("{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":" + payload + "}");
    }
}
