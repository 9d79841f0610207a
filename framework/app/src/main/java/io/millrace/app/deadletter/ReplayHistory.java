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
                        ReplayHeaders.text(replay.headers(), DeadLetterHeaders.SOURCE_RECORD),
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
                        letter.text(DeadLetterHeaders.SOURCE_RECORD),
                        letter.read().key()),
                0);
    }

    /** A source's record has no origin: what tells one from another is its place in the source and when it arrived. */
    private static String lineage(
            @Nullable String stage,
            @Nullable String topic,
            @Nullable String origin,
            @Nullable String sourceRecord,
            byte @Nullable [] key) {
        return stage + "|" + topic + "|" + orEmpty(origin) + "|"
                + orEmpty(sourceRecord).hashCode() + "|" + Arrays.hashCode(key);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
