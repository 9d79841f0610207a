package probeplugin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.TransactionContext;

/**
 * Counts on from the offset that was committed, in batches of {@code probe.batches} (their sizes), then has nothing more. {@code probe.records}
 * gives single records something special: a list of {@code <n>:<what>[/<what>...]}, separated by {@code ,}.
 */
public final class ProbeSourceTask extends SourceTask {
    private static final int IDLE_MILLIS = 50;

    private final Probe probe = new Probe("task", this);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Map<Integer, List<String>> special = new HashMap<>();
    private final List<Integer> ends = new ArrayList<>();
    private Map<String, String> partition = Map.of();
    private int next = 1;

    @Override
    public void start(Map<String, String> props) {
        probe.bind(props);
        partition = Map.of("p", probe.setting("probe.task", ""));
        probe.called(
                "context",
                "transactions " + (context.transactionContext() != null) + ", metrics "
                        + (context.pluginMetrics() != null) + ", same configs "
                        + context.configs().equals(props));
        probe.called("secret", context.configs().getOrDefault("probe.secret", "none"));
        Map<String, Object> offset = context.offsetStorageReader().offset(partition);
        probe.called("offset", offset);
        next = offset == null ? 1 : ((Number) offset.get("n")).intValue() + 1;
        int end = 0;
        for (String size : probe.setting("probe.batches", "3").split(",")) {
            end += Integer.parseInt(size);
            ends.add(end);
        }
        for (String entry : probe.setting("probe.records", "").split(",")) {
            if (!entry.isEmpty()) {
                String[] parts = entry.split(":", 2);
                special.put(Integer.valueOf(parts[0]), List.of(parts[1].split("/")));
            }
        }
        probe.did("start", Probe.shown(props));
    }

    @Override
    public void initialize(org.apache.kafka.connect.source.SourceTaskContext context) {
        super.initialize(context);
        probe.bind(context.configs());
        probe.did("initialize", "");
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
        int end = ends.stream().filter(each -> each >= next).findFirst().orElse(next - 1);
        String batch = end < next ? "nothing" : "v" + next + ".." + "v" + end;
        List<SourceRecord> records = new ArrayList<>();
        List<String> actions = probe.called("poll", batch);
        for (String action : actions) {
            switch (action) {
                case "empty" -> {
                    return List.of();
                }
                case "null" -> {
                    return null;
                }
                case "wait" -> stopped.await();
                case "commit batch" -> context.transactionContext().commitTransaction();
                case "abort batch" -> context.transactionContext().abortTransaction();
                default -> probe.perform(action);
            }
        }
        if (end < next) {
            stopped.await(IDLE_MILLIS, TimeUnit.MILLISECONDS);
            return Collections.emptyList();
        }
        for (; next <= end; next++) {
            records.add(record(next));
        }
        return records;
    }

    private SourceRecord record(int n) {
        String topic = probe.setting("probe.topic", probe.setting("name", ""));
        String value = "v" + n;
        Long timestamp = null;
        Map<String, ?> offset = Map.of("n", n);
        for (String what : special.getOrDefault(n, List.of())) {
            String[] parts = what.split("=", 2);
            switch (parts[0]) {
                case "topic" -> topic = parts[1];
                case "timestamp" -> timestamp = Long.valueOf(parts[1]);
                case "list offset" -> offset = Map.of("n", List.of(n));
                case "null offset" -> offset = null;
                case "large" -> value = value + "x".repeat(Integer.parseInt(parts[1]));
                default -> {}
            }
        }
        SourceRecord record = new SourceRecord(
                partition,
                offset,
                topic,
                null,
                Schema.STRING_SCHEMA,
                "k" + n,
                Schema.STRING_SCHEMA,
                value,
                timestamp,
                new ConnectHeaders().addString("h", "h" + n));
        TransactionContext transactions = context.transactionContext();
        if (special.getOrDefault(n, List.of()).contains("commit")) {
            transactions.commitTransaction(record);
        } else if (special.getOrDefault(n, List.of()).contains("abort")) {
            transactions.abortTransaction(record);
        }
        return record;
    }

    @Override
    public void commitRecord(SourceRecord record, RecordMetadata metadata) {
        String value = Stream.of(String.valueOf(record.value()))
                .map(text -> text.length() > 20 ? text.substring(0, 2) + "(large)" : text)
                .findFirst()
                .orElseThrow();
        probe.did(
                "commitRecord",
                value + " of " + record.topic() + (metadata == null ? ", no metadata" : ", at " + metadata.offset()));
    }

    @Override
    public void commit() {
        probe.did("commit", "");
    }

    @Override
    public void stop() {
        stopped.countDown();
        probe.did("stop", "");
    }

    @Override
    public String version() {
        probe.called("version", "");
        return "1.0";
    }
}
