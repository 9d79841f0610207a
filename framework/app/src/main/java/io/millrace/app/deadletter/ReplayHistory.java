package io.millrace.app.deadletter;

import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What was replayed so far, as the replay topic tells it. Owned by one thread. */
final class ReplayHistory {
    private final Set<String> replayed = new HashSet<>();
    private final Map<String, Integer> lineages = new HashMap<>();

    void add(ConsumerRecord<byte[], byte[]> replay) {
        String of = ReplayHeaders.text(replay.headers(), ReplayHeaders.OF);
        if (of != null) {
            replayed.add(of);
        }
        lineages.merge(
                lineage(
                        ReplayHeaders.text(replay.headers(), ReplayHeaders.STAGE),
                        ReplayHeaders.text(replay.headers(), ReplayHeaders.TOPIC),
                        ReplayHeaders.text(replay.headers(), DeadLetterHeaders.ORIGIN),
                        replay.key()),
                1,
                Integer::sum);
    }

    boolean has(Letter letter) {
        return replayed.contains(letter.id());
    }

    /** How often a record like this one was replayed: also where the headers that count it were lost in a join. */
    int replays(Letter letter) {
        return lineages.getOrDefault(
                lineage(
                        letter.stage(),
                        letter.topic().orElse(null),
                        letter.text(DeadLetterHeaders.ORIGIN),
                        letter.read().key()),
                0);
    }

    private static String lineage(
            @Nullable String stage, @Nullable String topic, @Nullable String origin, byte @Nullable [] key) {
        return stage + "|" + topic + "|" + (origin == null ? "" : origin) + "|" + Arrays.hashCode(key);
    }
}
