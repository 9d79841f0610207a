package io.millrace.pipeline;

import io.millrace.api.RawStream;
import io.millrace.pipeline.check.Checked;
import io.millrace.pipeline.model.TopicDefaults;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.plan.TopicPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The topics of a pipeline: tables are compacted, events and dead letters have a retention. */
final class Topics {
    private static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(14);

    /** A record that is too large for its own topic must fit here, with its headers. */
    private static final String DEAD_LETTER_MAX_BYTES = Integer.toString(64 * 1024 * 1024);

    private final TopicDefaults defaults;

    Topics(TopicDefaults defaults) {
        this.defaults = defaults;
    }

    List<TopicPlan> of(Checked checked, String deadLetterTopic) {
        List<TopicPlan> topics = new ArrayList<>();
        for (RawStreamPlan stream : checked.raw()) {
            topics.add(topic(stream.topic(), stream.kind()));
        }
        for (StreamPlan stream : checked.streams()) {
            topics.add(topic(stream.topic(), stream.kind()));
        }
        Map<String, String> deadLetters = retained(DEAD_LETTER_RETENTION);
        deadLetters.put("max.message.bytes", DEAD_LETTER_MAX_BYTES);
        topics.add(new TopicPlan(deadLetterTopic, 1, defaults.replication(), deadLetters));
        return topics;
    }

    private TopicPlan topic(String name, RawStream.Kind kind) {
        Map<String, String> config =
                switch (kind) {
                    case TABLE -> base("compact");
                    case EVENTS -> retained(defaults.retention());
                };
        return new TopicPlan(name, defaults.partitions(), defaults.replication(), config);
    }

    private Map<String, String> retained(Duration retention) {
        Map<String, String> config = base("delete");
        config.put("retention.ms", String.valueOf(retention.toMillis()));
        return config;
    }

    private Map<String, String> base(String cleanup) {
        Map<String, String> config = new TreeMap<>();
        config.put("cleanup.policy", cleanup);
        defaults.minInSync().ifPresent(least -> config.put("min.insync.replicas", String.valueOf(least)));
        return config;
    }
}
