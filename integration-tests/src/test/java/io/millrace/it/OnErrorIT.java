package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Await;
import io.millrace.it.harness.Cli;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.Processes;
import io.millrace.it.harness.TopicCount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a record that cannot pass: it stops the run, is skipped, or dies between two steps and enters again. */
@Order(3)
class OnErrorIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int YOURS = 2;
    /** What SIGTERM leaves as exit status after a clean stop. */
    private static final int STOPPED = 143;

    private static final Pattern BROKER = Pattern.compile("broker (127\\.0\\.0\\.1:\\d+)");

    @TempDir
    Path folder;

    private Path log;

    @BeforeEach
    void makeFolders() throws IOException {
        log = Files.createDirectory(folder.resolve("log")).resolve("readings.log");
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        Processes.assertNoneIn(folder);
    }

    @Test
    void aRecordThatStopsTheRunIsMetAgainUntilItMayPass() throws Exception {
        Files.writeString(log, "{\"id\":\"a\",\"n\":1}\n{\"id\":\"b\",\"n\":0}\n{\"id\":\"c\",\"n\":2}\n");
        String steps =
                "[{parse: {format: json, fields: {id: string!, n: int64}}}, {validate: {positive: value.n > 0}}]";
        write("steps: " + steps, "on_error: {then: stop}");

        for (int run = 1; run <= 2; run++) {
            try (MillraceProcess stopping = start()) {
                assertThat(stopping.awaitExit(SOON)).as(stopping.output()).isEqualTo(YOURS);
                assertThat(stopping.output())
                        .contains("raw.meters.readings-0@1 [stream.stopped] The record cannot pass 'validate' of"
                                + " cleaned.readings, rule 'positive' [validate.failed]: the record does not satisfy"
                                + " 'value.n > 0'; and 'on_error' says 'then: stop'.");
            }
        }
        write("steps: " + steps, "on_error: {then: skip}");
        try (MillraceProcess going = start()) {
            awaitRecords(going, "cleaned.meters.readings", 2);
            assertThat(TopicCount.of(broker(going), "deadletter.meters")).isZero();
            Await.until(SOON, () -> assertThat(status()).contains("(skipped.positive 1)"));
            going.awaitOutput("cleaned.readings  skipped.positive", SOON);
            assertThat(going.stop()).isEqualTo(STOPPED);
        }
    }

    @Test
    void aRowThatDiedAfterADedupeArrivesOnceItsContractIsMended() throws Exception {
        Files.writeString(log, "{\"id\":\"a\",\"n\":1}\n{\"id\":\"b\"}\n");
        String steps =
                "steps: [{parse: {format: json, fields: {id: string!, n: int64}}}, {dedupe: {by: value.id, within: 1h}}]";
        write(steps, "contract: Strict");
        try (MillraceProcess strict = start()) {
            awaitRecords(strict, "deadletter.meters", 1);
            awaitRecords(strict, "cleaned.meters.readings", 1);
            assertThat(strict.stop()).isEqualTo(STOPPED);
        }
        write(steps, "contract: Lenient");
        try (MillraceProcess lenient = start()) {
            awaitRecords(lenient, "cleaned.meters.readings", 1);

            Cli.Answer replay = cli("deadletter", "replay", "--all", "--yes");

            assertThat(replay.output())
                    .startsWith(
                            "1 dead letter of 'meters' entered their stages again:\n  1  cleaned.readings.contract");
            awaitRecords(lenient, "cleaned.meters.readings", 2);
            assertThat(TopicCount.values(broker(lenient), "cleaned.meters.readings"))
                    .extracting(value -> new String(value, StandardCharsets.UTF_8))
                    .last()
                    .asString()
                    .endsWith("\"payload\":{\"id\":\"b\",\"n\":null}}");
            assertThat(lenient.stop()).isEqualTo(STOPPED);
        }
    }

    private void write(String... stream) throws IOException {
        Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: meters
                defaults: {topic: {partitions: 1}}
                contracts:
                  Strict: {fields: {id: string!, n: int64!}}
                  Lenient: {fields: {id: string!, n: int64}}
                sources:
                  readings: {type: logs, path: "%s"}
                streams:
                  cleaned.readings:
                    from: raw.readings
                    %s
                sinks: {}
                """.formatted(log, String.join("\n    ", stream)));
    }

    private MillraceProcess start() throws IOException {
        return MillraceProcess.start(
                folder, Map.of(), List.of("run", "pipeline.yaml", "--data-dir", "data", "--broker-port", "0"));
    }

    private static void awaitRecords(MillraceProcess run, String topic, int count) throws Exception {
        run.awaitOutput("Running; ", SOON);
        Await.until(SOON, () -> assertThat(TopicCount.of(broker(run), topic)).isEqualTo(count));
    }

    private static String broker(MillraceProcess run) {
        Matcher matcher = BROKER.matcher(run.output());
        assertThat(matcher.find()).as(run.output()).isTrue();
        return matcher.group(1);
    }

    private String status() throws Exception {
        return cli("status").output();
    }

    private Cli.Answer cli(String... command) throws Exception {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("--data-dir", "data"));
        return Cli.in(folder).millrace(all.toArray(String[]::new));
    }
}
