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
    private final Map<String, Integer> inputs = new HashMap<>();

    void add(ConsumerRecord<byte[], byte[]> replay) {
        String of = ReplayHeaders.text(replay.headers(), ReplayHeaders.OF);
        if (of != null) {
            replayed.add(of);
        }
        String stage = ReplayHeaders.text(replay.headers(), ReplayHeaders.STAGE);
        String topic = ReplayHeaders.text(replay.headers(), ReplayHeaders.TOPIC);
        String origin = ReplayHeaders.text(replay.headers(), DeadLetterHeaders.ORIGIN);
        String sourceRecord = ReplayHeaders.text(replay.headers(), DeadLetterHeaders.SOURCE_RECORD);
        lineages.merge(lineage(stage, topic, origin, sourceRecord, replay.key()), 1, Integer::sum);
        inputs.merge(input(stage, topic, origin), 1, Integer::sum);
    }

    boolean has(Letter letter) {
        return replayed.contains(letter.id());
    }

    /** How often a record like this one was replayed: also where the headers that count it were lost in a join. */
    int replays(Letter letter) {
        if (letter.input().isPresent()) {
            String topic = letter.input().get().topicPartition().topic();
            return inputs.getOrDefault(input(letter.stage(), topic, letter.text(DeadLetterHeaders.ORIGIN)), 0);
        }
        return lineages.getOrDefault(
                lineage(
                        letter.stage(),
                        letter.topic().orElse(null),
                        letter.text(DeadLetterHeaders.ORIGIN),
                        letter.text(DeadLetterHeaders.SOURCE_RECORD),
                        letter.read().key()),
                0);
    }

    /** Of what a stage made of a record: its key may be another than the record's. */
    private static String input(@Nullable String stage, @Nullable String topic, @Nullable String origin) {
        return stage + "|" + topic + "|" + orEmpty(origin);
    }

    /** A source's record has no origin: what tells one from another is its place in the source and when it arrived. */
    private static String lineage(
            @Nullable String stage,
            @Nullable String topic,
            @Nullable String origin,
            @Nullable String sourceRecord,
            byte @Nullable [] key) {
        return input(stage, topic, origin) + "|" + orEmpty(sourceRecord).hashCode() + "|" + Arrays.hashCode(key);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
