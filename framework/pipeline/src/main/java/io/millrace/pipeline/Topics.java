package io.millrace.pipeline;

import io.millrace.api.RawStream;
import io.millrace.pipeline.check.Checked;
import io.millrace.pipeline.model.TopicDefaults;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.plan.TopicPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The topics of a pipeline: tables are compacted, events late records and dead letters have a retention. */
final class Topics {
    private static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(14);

    /** Longer than that of dead letters, whose timestamps replays keep: as long as a letter is there, so is the word that it was replayed. */
    private static final Duration REPLAY_RETENTION = Duration.ofDays(30);

    /** Of a stream's records; layers and sources make dead letters of larger ones. */
    private static final int MAX_RECORD_BYTES = 16 << 20;

    /** Larger than anything that is sent, so that a record too large for its own topic fits here. */
    private static final int MAX_DEAD_LETTER_BYTES = 64 << 20;

    private final TopicDefaults defaults;

    Topics(TopicDefaults defaults) {
        this.defaults = defaults;
    }

    List<TopicPlan> of(Checked checked, String deadLetterTopic, String replayTopic) {
        List<TopicPlan> topics = new ArrayList<>();
        for (RawStreamPlan stream : checked.raw()) {
            topics.add(raw(topic(stream.topic(), stream.kind()), stream.kind()));
        }
        for (StreamPlan stream : checked.streams()) {
            topics.add(topic(stream.topic(), stream.kind()));
        }
        topics.add(new TopicPlan(deadLetterTopic, 1, defaults.replication(), deadLetters(DEAD_LETTER_RETENTION)));
        // as many partitions as the streams have: a record is replayed where its state is
        topics.add(new TopicPlan(
                replayTopic, defaults.partitions(), defaults.replication(), deadLetters(REPLAY_RETENTION)));
        return topics;
    }

    /** For records that come too late for a window. */
    List<TopicPlan> late(String pipeline, Checked checked) {
        return checked.streams().stream()
                .filter(StreamPlan::hasLate)
                .map(stream -> new TopicPlan(
                        PipelinePlan.lateTopic(pipeline, stream.name()),
                        defaults.partitions(),
                        defaults.replication(),
                        retained(DEAD_LETTER_RETENTION)))
                .toList();
    }

    /** A source's dead letter enters its table again only while a deletion that came after it can be seen. */
    private static TopicPlan raw(TopicPlan topic, RawStream.Kind kind) {
        if (kind != RawStream.Kind.TABLE) {
            return topic;
        }
        Map<String, String> config = new TreeMap<>(topic.config());
        config.put("delete.retention.ms", String.valueOf(DEAD_LETTER_RETENTION.toMillis()));
        return new TopicPlan(topic.name(), topic.partitions(), topic.replication(), config);
    }

    private TopicPlan topic(String name, RawStream.Kind kind) {
        Map<String, String> config =
                switch (kind) {
                    case TABLE -> base("compact");
                    case EVENTS -> retained(defaults.retention());
                };
        return new TopicPlan(name, defaults.partitions(), defaults.replication(), config);
    }

    private Map<String, String> deadLetters(Duration retention) {
        Map<String, String> config = retained(retention);
        config.put("max.message.bytes", String.valueOf(MAX_DEAD_LETTER_BYTES));
        return config;
    }

    private Map<String, String> retained(Duration retention) {
        Map<String, String> config = base("delete");
        config.put("retention.ms", String.valueOf(retention.toMillis()));
        return config;
    }

    private Map<String, String> base(String cleanup) {
        Map<String, String> config = new TreeMap<>();
        config.put("cleanup.policy", cleanup);
        config.put("max.message.bytes", String.valueOf(MAX_RECORD_BYTES));
        defaults.minInSync().ifPresent(least -> config.put("min.insync.replicas", String.valueOf(least)));
        return config;
    }
}
