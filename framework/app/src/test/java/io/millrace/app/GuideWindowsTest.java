package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's example of windows, run. */
class GuideWindowsTest {
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(pipeline: iot\n.*?)```", Pattern.DOTALL);
    private static final String READING = """
            {"schema":{"type":"struct","optional":false,"fields":[{"type":"string","optional":false,"field":"device_id"},\
            {"type":"int64","optional":false,"name":"io.debezium.time.MicroTimestamp","version":1,"field":"at"},\
            {"type":"double","optional":false,"field":"celsius"},{"type":"double","optional":false,"field":"humidity"}]},\
            "payload":{"device_id":"%s","at":%d,"celsius":%.1f,"humidity":%.1f}}""";

    private RunningLayers iot;

    @Test
    void theExampleDoesWhatTheGuideSays(@TempDir Path stateDir) throws IOException {
        String guide =
                Files.readString(Path.of("../../framework/docs/guide.md")).replace("\r\n", "\n");
        Matcher example = EXAMPLE.matcher(guide);
        assertThat(example.find()).isTrue();
        PipelinePlan plan = PipelineLoader.parse("guide.yaml", example.group(1), Optional.empty(), new ShortTypes())
                .plan(ReferenceResolver.none());
        try (RunningLayers running = new RunningLayers(plan, stateDir)) {
            iot = running;
            reading("a", "12:00:10", 20, 50);
            reading("a", "12:02:30", 31, 40);
            reading("a", "12:00:50", 22, 51);
            reading("a", "12:01:29", 20, 40);
            reading("b", "12:00:00", 35, 50);

            assertThat(iot.rows("curated.iot.device_minutes"))
                    .containsExactly(
                            minute("a", "12:00:00", 1, 20, 50),
                            minute("a", "12:01:00", 1, 20, 40),
                            minute("a", "12:02:00", 1, 31, 40),
                            minute("b", "12:00:00", 1, 35, 50));
            assertThat(iot.take("late.iot.curated.device_minutes"))
                    .singleElement()
                    .extracting((TestRecord<byte[], byte[]> late) -> {
                        Map<String, String> headers = RunningLayers.headers(late);
                        return headers.get("millrace.origin") + " " + headers.get("millrace.late.window_start") + " "
                                + headers.get("millrace.late.by");
                    })
                    .isEqualTo("raw.iot.readings-0@2 2020-07-12T12:00:00Z PT30S");
            assertThat(iot.dropped("curated.device_minutes")).containsExactly(Map.entry("late", 1L));
            assertThat(iot.rows("curated.iot.hot_minutes"))
                    .containsExactly(minute("a", "12:02:00", 1, 31, 40), minute("b", "12:00:00", 1, 35, 50));
            assertThat(iot.rows("curated.iot.device_visits"))
                    .contains("{\"device_id\":\"a\",\"window_start\":" + micros("12:00:10") + ",\"window_end\":"
                            + micros("12:02:30") + ",\"readings\":4,\"from_c\":20.0,\"to_c\":31.0}");
            iot.assertEveryRecordIsAccountedFor();
        }
    }

    private void reading(String device, String time, double celsius, double humidity) {
        iot.send(
                "raw.iot.readings",
                null,
                ShopChanges.utf8(String.format(Locale.ROOT, READING, device, micros(time), celsius, humidity)));
    }

    private static String minute(String device, String start, int readings, double celsius, double humidity) {
        return String.format(
                Locale.ROOT,
                "{\"device_id\":\"%s\",\"window_start\":%d,\"window_end\":%d,\"readings\":%d,\"max_c\":%.1f,\"avg_h\":%.1f}",
                device,
                micros(start),
                micros(start) + 60_000_000,
                readings,
                celsius,
                humidity);
    }

    private static long micros(String time) {
        return Instant.parse("2020-07-12T" + time + "Z").toEpochMilli() * 1_000;
    }
}
