package io.millrace.worker.task;

import io.millrace.plugin.record.ReplayHeaders;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The dead letters of one sink that enter it again, from the pipeline's replay topic. The records of other stages, which are on the
 * same topic, are passed over.
 */
record SinkReplays(Optional<String> topic, String stage) {
    static final String TOPIC = "millrace.replay.topic";

    static SinkReplays of(TaskSpec spec) {
        Map<String, String> config = spec.connectorConfig();
        return new SinkReplays(Optional.ofNullable(config.get(TOPIC)).filter(name -> !name.isBlank()), spec.stage());
    }

    /** Whether a record is on the replay topic for another stage than this. */
    boolean isOfOthers(ConsumerRecord<byte[], byte[]> raw) {
        return isReplay(raw) && !stage.equals(ReplayHeaders.text(raw.headers(), ReplayHeaders.STAGE));
    }

    private boolean isReplay(ConsumerRecord<byte[], byte[]> raw) {
        return topic.isPresent() && topic.get().equals(raw.topic());
    }

    /** The topic that converters, transforms and the task are to see: the one that the record was read from at first. */
    String shownTopic(ConsumerRecord<byte[], byte[]> raw) {
        String former = isReplay(raw) ? ReplayHeaders.text(raw.headers(), ReplayHeaders.TOPIC) : null;
        return former == null ? raw.topic() : former;
    }
}
