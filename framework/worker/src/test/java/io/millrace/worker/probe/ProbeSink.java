package io.millrace.worker.probe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Remembers what it is given. */
public final class ProbeSink extends SinkConnector {
    private Map<String, String> config = Map.of();

    @Override
    public void start(Map<String, String> props) {
        props.put("probe.touched", "true");
        config = props;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return Taker.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> configs = new ArrayList<>();
        for (int i = 0; i < maxTasks; i++) {
            configs.add(Probe.forTask(config, i));
        }
        return configs;
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public String version() {
        return "1";
    }

    /** The task. */
    public static final class Taker extends SinkTask {
        private Probe probe;

        @Override
        public void start(Map<String, String> props) {
            props.put("probe.touched", "true");
            probe = Probe.of(props.get("name"));
            probe.called("start");
            probe.sinkContext = context;
        }

        @Override
        public void open(Collection<TopicPartition> partitions) {
            probe.called("open "
                    + new TreeSet<>(
                            partitions.stream().map(TopicPartition::toString).toList()));
            context.offset(probe.onOpen.apply(partitions));
        }

        @Override
        public void put(Collection<SinkRecord> records) {
            probe.called("put");
            probe.onPut.accept(records);
            probe.accepted(records);
        }

        @Override
        public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
            probe.called("preCommit");
            return probe.onPreCommit.answer(offsets);
        }

        @Override
        public void flush(Map<TopicPartition, OffsetAndMetadata> offsets) {
            probe.called("flush");
            probe.onFlush.accept(offsets);
        }

        @Override
        public void close(Collection<TopicPartition> partitions) {
            probe.called("close");
        }

        @Override
        public void stop() {
            probe.called("stop");
        }

        @Override
        public String version() {
            return "1";
        }
    }
}
