package io.millrace.worker.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * Counts from 1 to {@code probe.total}, {@code probe.batch} numbers a poll, then answers empty polls. A number is its own key, or, with
 * {@code probe.keys}, what is left of dividing it by that.
 */
public final class ProbeSource extends SourceConnector {
    private Map<String, String> config = Map.of();
    private Probe probe;

    @Override
    public void start(Map<String, String> props) {
        props.put("probe.touched", "true");
        config = props;
        probe = Probe.of(props.get("name"));
        probe.called("connector.start");
        probe.connectorContext = context();
        probe.onStart.run();
    }

    @Override
    public Class<? extends Task> taskClass() {
        return Counter.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        probe.called("connector.taskConfigs");
        List<Map<String, String>> tasks = new ArrayList<>();
        for (int i = 0; i < probe.tasks; i++) {
            tasks.add(Probe.forTask(config, i));
        }
        return tasks;
    }

    @Override
    public void stop() {
        probe.called("connector.stop");
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef()
                .define("probe.topic", Type.STRING, Importance.HIGH, "")
                .define("probe.total", Type.INT, 100, Importance.HIGH, "")
                .define("probe.batch", Type.INT, 7, Range.atLeast(1), Importance.HIGH, "");
    }

    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> connectorConfig) {
        return "true".equals(connectorConfig.get("probe.boundaries"))
                ? ConnectorTransactionBoundaries.SUPPORTED
                : ConnectorTransactionBoundaries.UNSUPPORTED;
    }

    @Override
    public String version() {
        return "1";
    }

    /** The task. */
    public static final class Counter extends SourceTask {
        private Map<String, String> partition = Map.of("counter", "a");
        private Probe probe;
        private String topic;
        private long next;
        private long total;
        private int batch;
        private int valueBytes;
        private long keys;

        @Override
        public void start(Map<String, String> props) {
            props.put("probe.touched", "true");
            probe = Probe.of(props.get("name"));
            probe.called("start");
            topic = props.get("probe.topic");
            total = Long.parseLong(props.getOrDefault("probe.total", "100"));
            batch = Integer.parseInt(props.getOrDefault("probe.batch", "7"));
            valueBytes = Integer.parseInt(props.getOrDefault("probe.large", "0"));
            keys = Long.parseLong(props.getOrDefault("probe.keys", "0"));
            if (!props.get("probe.task").equals("0")) {
                partition = Map.of("counter", props.get("probe.task"));
            }
            Map<String, Object> offset = context.offsetStorageReader().offset(partition);
            next = offset == null ? 1 : (Long) offset.get("n") + 1;
        }

        @Override
        public List<SourceRecord> poll() {
            probe.called("poll");
            probe.onPoll.run();
            List<SourceRecord> records = new ArrayList<>();
            while (next <= total && records.size() < batch) {
                records.add(record(next));
                next++;
            }
            boolean boundaries = context.transactionContext() != null && !records.isEmpty();
            if (boundaries) {
                SourceRecord last = records.get(records.size() - 1);
                long n = (Long) last.sourceOffset().get("n");
                if (n % 5 == 0) {
                    context.transactionContext().abortTransaction(last);
                } else {
                    context.transactionContext().commitTransaction(last);
                }
            }
            return records.isEmpty() ? null : records;
        }

        private SourceRecord record(long n) {
            String value = n == 5 && valueBytes > 0 ? "x".repeat(valueBytes) : "v" + n;
            return new SourceRecord(
                    partition,
                    Map.of("n", n),
                    topic,
                    null,
                    Schema.INT64_SCHEMA,
                    keys > 0 ? n % keys : n,
                    Schema.STRING_SCHEMA,
                    value,
                    836_000_000_000L + n);
        }

        @Override
        public void commitRecord(SourceRecord record, RecordMetadata metadata) {
            probe.called("commitRecord " + record.key() + (metadata == null ? " dropped" : ""));
        }

        @Override
        public void commit() {
            probe.called("commit");
        }

        @Override
        public void stop() {
            if (probe != null) {
                probe.called("stop");
            }
        }

        @Override
        public String version() {
            return "1";
        }
    }
}
