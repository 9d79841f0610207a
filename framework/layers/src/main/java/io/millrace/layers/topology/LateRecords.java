package io.millrace.layers.topology;

import io.millrace.layers.record.TimedEvent;
import io.millrace.plugin.record.ReplayHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Record;

/** Makes the records of a stream's late topic: the event as it came, with its origin, the window that it missed and by how much. */
final class LateRecords {
    /** The rule that late records are counted under; one for each window that a record missed. */
    static final String RULE = "late";

    private static final String WINDOW_START = "millrace.late.window_start";
    private static final String WINDOW_END = "millrace.late.window_end";
    private static final String BY = "millrace.late.by";

    private final WindowTimes times;
    private final StreamCounters counters;

    LateRecords(WindowTimes times, StreamCounters counters) {
        this.times = times;
        this.counters = counters;
    }

    <T> Record<Bytes, Emission<T>> of(Record<Bytes, TimedEvent> entered, WindowTimes.Span span, long horizon) {
        counters.in().increment();
        counters.drop(RULE);
        TimedEvent event = entered.value();
        Headers headers = new RecordHeaders(entered.headers().toArray());
        ReplayHeaders.remove(headers);
        headers.add(WINDOW_START, utf8(instant(span.start()).toString()));
        headers.add(WINDOW_END, utf8(instant(span.end()).toString()));
        headers.add(
                BY,
                utf8(Duration.of(horizon - times.closesAt(span.end()), ChronoUnit.MICROS)
                        .toString()));
        Emission<T> emission = new Emission.Late<>(event.row().json());
        return new Record<>(DeadLetters.nullable(event.key()), emission, entered.timestamp(), headers);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
