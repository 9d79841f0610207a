package probeplugin;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** Tells what it is given, and does with it what its script says. */
public final class ProbeSinkTask extends SinkTask {
    private final Probe probe = new Probe("task", this);

    @Override
    public void initialize(SinkTaskContext given) {
        super.initialize(given);
        probe.bind(given.configs());
        probe.did("initialize", "");
    }

    @Override
    public void start(Map<String, String> props) {
        probe.bind(props);
        probe.called(
                "context",
                "reporter " + (context.errantRecordReporter() != null) + ", metrics "
                        + (context.pluginMetrics() != null) + ", same configs "
                        + context.configs().equals(props));
        probe.called("assignment", context.assignment());
        for (String action : probe.called("start", Probe.shown(props))) {
            act(action, List.of());
        }
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        probe.called("assignment", names(context.assignment()));
        for (String action : probe.called("open", names(partitions))) {
            act(action, List.of());
        }
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        List<SinkRecord> list = List.copyOf(records);
        List<String> actions =
                probe.called("put", list.stream().map(ProbeSinkTask::text).toList());
        if (!list.isEmpty()) {
            probe.called(
                    "batch",
                    "a subclass of SinkRecord "
                            + list.stream().allMatch(record -> record.getClass() != SinkRecord.class));
        }
        for (String action : actions) {
            act(action, list);
        }
        list.forEach(record -> probe.failing(record.value()));
        list.stream().filter(record -> isErrant(record)).forEach(record -> report("report", record));
    }

    private boolean isErrant(SinkRecord record) {
        return List.of(probe.setting("probe.errant", "").split(",")).contains(String.valueOf(record.value()));
    }

    private static String text(SinkRecord record) {
        String headers = StreamSupport.stream(record.headers().spliterator(), false)
                .map(header -> header.key() + "=" + header.value())
                .collect(Collectors.joining(","));
        String now = record.topic() + "-" + record.kafkaPartition() + "@" + record.kafkaOffset();
        String first =
                record.originalTopic() + "-" + record.originalKafkaPartition() + "@" + record.originalKafkaOffset();
        return record.key() + ":" + record.value() + " " + first + (now.equals(first) ? "" : " now " + now) + " "
                + record.timestampType() + " {" + headers + "}";
    }

    private static TreeSet<String> names(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    private void act(String action, List<SinkRecord> records) {
        String[] words = action.split(" ");
        switch (words[0]) {
            case "offset" -> context.offset(partition(words[1]), Long.parseLong(words[2]));
            case "timeout" -> context.timeout(Long.parseLong(words[1]));
            case "requestCommit" -> context.requestCommit();
            case "pause" -> told("pause", () -> context.pause(partition(words[1])));
            case "resume" -> told("resume", () -> context.resume(partition(words[1])));
            case "reportNew" -> records.stream().limit(1).forEach(this::reportNew);
            case "reportForeign" -> records.stream().limit(1).forEach(this::reportForeign);
            default -> probe.perform(action);
        }
    }

    private void told(String what, Runnable wish) {
        try {
            wish.run();
            probe.called(what, "done");
        } catch (RuntimeException e) {
            probe.called(what, e.getClass().getName());
        }
    }

    private void reportNew(SinkRecord record) {
        report(
                "reportNew",
                record.newRecord(
                        record.topic(),
                        record.kafkaPartition(),
                        null,
                        "another key",
                        null,
                        "another value",
                        record.timestamp()));
    }

    /** As connectors do that split a record. */
    private void reportForeign(SinkRecord record) {
        report(
                "reportForeign",
                new SinkRecord(
                        record.topic(),
                        record.kafkaPartition(),
                        record.keySchema(),
                        record.key(),
                        record.valueSchema(),
                        record.value(),
                        record.kafkaOffset(),
                        record.timestamp(),
                        record.timestampType()));
    }

    private void report(String how, SinkRecord record) {
        try {
            Future<Void> done = context.errantRecordReporter().report(record, new IllegalStateException("reported"));
            probe.called(how, "accepted, a future " + (done != null));
        } catch (RuntimeException e) {
            probe.called(how, e.getClass().getName());
            throw e;
        }
    }

    private static TopicPartition partition(String text) {
        int dash = text.lastIndexOf('-');
        return new TopicPartition(text.substring(0, dash), Integer.parseInt(text.substring(dash + 1)));
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> current) {
        Map<TopicPartition, OffsetAndMetadata> answer = new HashMap<>(current);
        for (String action : probe.called("preCommit", offsets(current))) {
            switch (action.split(" ")[0]) {
                case "nothing" -> answer.clear();
                case "ahead" -> answer.replaceAll((partition, offset) -> new OffsetAndMetadata(offset.offset() + 100));
                case "behind" -> answer.replaceAll((partition, offset) -> new OffsetAndMetadata(1));
                case "foreign" -> answer.put(new TopicPartition("nobodys", 0), new OffsetAndMetadata(5));
                default -> act(action, List.of());
            }
        }
        super.preCommit(current);
        return answer;
    }

    @Override
    public void flush(Map<TopicPartition, OffsetAndMetadata> current) {
        probe.did("flush", offsets(current));
        current.values().forEach(offset -> probe.failing("at" + offset.offset()));
    }

    private static Map<String, Long> offsets(Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<String, Long> shown = new TreeMap<>();
        offsets.forEach((partition, offset) -> shown.put(partition.toString(), offset.offset()));
        return shown;
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        probe.did("close", names(partitions));
    }

    @Override
    public void stop() {
        probe.did("stop", "");
    }

    @Override
    public String version() {
        probe.called("version", "");
        return "1.0";
    }
}
