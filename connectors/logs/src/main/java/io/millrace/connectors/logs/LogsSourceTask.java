package io.millrace.connectors.logs;

import io.millrace.connectors.common.Version;
import io.millrace.connectors.logs.tail.LogBatch;
import io.millrace.connectors.logs.tail.LogEvent;
import io.millrace.connectors.logs.tail.StateTooLargeException;
import io.millrace.connectors.logs.tail.Tailer;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into records. {@link #poll} runs on the task's thread alone; {@link #stop} may come from another one and only ends its wait,
 * the files are closed by whichever of the two is last.
 */
public final class LogsSourceTask extends SourceTask {
    static final String PATH = "log.file.path";
    static final String FILE_ID = "log.file.id";
    static final String OFFSET = "log.offset";
    static final String PART = "log.line.part";
    static final String LAST = "log.line.last";
    static final String CUT = "log.line.cut";

    /** The one name in a source partition; its value is a {@link LogBatch#log}. */
    private static final String LOG = "log";

    private static final long IDLE_MILLIS = 100;

    private final Clock clock;
    private final long idleMillis;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private String connector = "";
    private String topic = "";
    private @Nullable Tailer tailer;

    public LogsSourceTask() {
        this(Clock.systemUTC(), IDLE_MILLIS);
    }

    LogsSourceTask(Clock clock, long idleMillis) {
        this.clock = clock;
        this.idleMillis = idleMillis;
    }

    @Override
    public String version() {
        return Version.VERSION;
    }

    @Override
    public void start(Map<String, String> props) {
        LogsSourceConfig config = LogsSourceConfig.of(props);
        connector = config.connector();
        topic = config.topic();
        tailer = new Tailer(config.tailer(), this::states, clock);
    }

    private Map<String, Map<String, String>> states(Collection<String> logs) {
        Map<Map<String, String>, Map<String, Object>> offsets = context.offsetStorageReader()
                .offsets(logs.stream().map(log -> Map.of(LOG, log)).toList());
        Map<String, Map<String, String>> states = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            String log = partition.get(LOG);
            if (log != null && offset != null) {
                Map<String, String> state = new HashMap<>();
                offset.forEach((id, text) -> state.put(id, String.valueOf(text)));
                states.put(log, state);
            }
        });
        return states;
    }

    /** Waits for a tenth of a second at most; null for nothing. */
    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        List<LogBatch> batches = read();
        if (batches.isEmpty()) {
            stopped.await(idleMillis, TimeUnit.MILLISECONDS);
            return null;
        }
        List<SourceRecord> records = new ArrayList<>();
        for (LogBatch batch : batches) {
            Map<String, String> partition = Map.of(LOG, batch.log());
            int last = batch.events().size() - 1;
            for (int i = 0; i <= last; i++) {
                // Invariant: a committed offset never covers an event that is not committed with it.
                Map<String, String> offset = i == last ? batch.after() : batch.before();
                records.add(record(partition, offset, batch.events().get(i)));
            }
        }
        return records;
    }

    private synchronized List<LogBatch> read() {
        Tailer reading = tailer;
        if (reading == null || stopped.getCount() == 0) {
            return List.of();
        }
        try {
            return reading.poll();
        } catch (UncheckedIOException e) {
            throw new RetriableException(
                    "Connector '" + connector + "' cannot look for its files: " + e.getCause() + ".", e);
        } catch (UnsupportedOperationException e) {
            throw new ConnectException(
                    "Connector '" + connector + "' needs a file system that tells device and inode of a file"
                            + " (Linux, macOS); this one does not.",
                    e);
        } catch (StateTooLargeException | IllegalArgumentException e) {
            throw new ConnectException("Connector '" + connector + "': " + e.getMessage(), e);
        }
    }

    private SourceRecord record(Map<String, String> partition, Map<String, String> offset, LogEvent event) {
        ConnectHeaders headers = new ConnectHeaders();
        headers.addString(PATH, event.path());
        headers.addString(FILE_ID, event.fileId());
        headers.addString(OFFSET, Long.toString(event.offset()));
        if (event.part() > 0) {
            headers.addString(PART, Integer.toString(event.part()));
            headers.addString(LAST, Boolean.toString(event.last()));
        }
        if (event.cut() > 0) {
            headers.addString(CUT, Long.toString(event.cut()));
        }
        return new SourceRecord(
                partition,
                offset,
                topic,
                null,
                Schema.BYTES_SCHEMA,
                event.key().getBytes(StandardCharsets.UTF_8),
                Schema.BYTES_SCHEMA,
                event.bytes(),
                null,
                headers);
    }

    @Override
    public void stop() {
        stopped.countDown();
        close();
    }

    private synchronized void close() {
        Tailer reading = tailer;
        tailer = null;
        if (reading != null) {
            reading.close();
        }
    }
}
