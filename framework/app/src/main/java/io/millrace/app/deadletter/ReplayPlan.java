package io.millrace.app.deadletter;

import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Which dead letters enter their stages again.
 *
 * @param ready in the order in which they died, each with how often it was tried
 * @param refused why not to how many
 */
public record ReplayPlan(List<Ready> ready, Map<Refusal, Integer> refused) {
    /**
     * One that may.
     *
     * @param input the record that its stage read, where the letter holds what was made of it
     */
    public record Ready(Letter letter, long attempts, Optional<ConsumerRecord<byte[], byte[]>> input) {
        /** Whether it enters a source, which alone can tell then whether a newer row has followed it. */
        public boolean isOfSource() {
            return ReplayRecord.isOfSource(letter.stage());
        }
    }

    /** Why a letter may not. */
    public enum Refusal {
        REPLAYED("already replayed", "--again replays them once more"),
        TRIED_TOO_OFTEN("tried too often", "mend the cause first; --max-attempts raises the limit"),
        NOT_KEPT(
                "not kept as their connectors gave them",
                "too large, no Connect data, or written by an earlier version: let the source read them again"),
        BETWEEN_STEPS(
                "of a row between two steps",
                "it is made again when a record that it was made of comes again: replay or change that one"),
        INPUT_GONE(
                "of a record that is no longer on its topic",
                "it is older than the topic's retention, or a newer one of its key has come"),
        SUPERSEDED("superseded", "a newer record of the same key has come since; --again does not bring them back");

        private final String words;
        private final String remedy;

        Refusal(String words, String remedy) {
            this.words = words;
            this.remedy = remedy;
        }

        /** {@code already replayed}. */
        public String words() {
            return words;
        }

        /** What can be done. */
        public String remedy() {
            return remedy;
        }
    }

    /**
     * How letters are chosen.
     *
     * @param maxAttempts a record that was tried so often is left
     * @param again whether letters that were replayed may be once more
     */
    public record Rules(long maxAttempts, boolean again) {}

    public ReplayPlan {
        ready = List.copyOf(ready);
        refused = Map.copyOf(refused);
    }

    /**
     * The plan for letters that were chosen.
     *
     * @param history what the replay topic holds
     * @param inputs the records that letters name by {@link Letter#input()}, as far as they are still there
     * @param superseded the ids of those of sinks that a newer record of their key has followed
     */
    static ReplayPlan of(
            List<Letter> chosen,
            ReplayHistory history,
            Map<ReplayRecord.Place, ConsumerRecord<byte[], byte[]>> inputs,
            Set<String> superseded,
            Rules rules) {
        List<Ready> ready = new ArrayList<>();
        Map<Refusal, Integer> refused = new LinkedHashMap<>();
        for (Letter letter : chosen) {
            long attempts = Math.max(letter.attempts(), 1 + history.replays(letter));
            Optional<ConsumerRecord<byte[], byte[]>> input = letter.input().map(inputs::get);
            Refusal refusal = null;
            boolean ofSource = ReplayRecord.isOfSource(letter.stage());
            boolean nowhere = letter.topic().isEmpty() && letter.input().isEmpty();
            if (ofSource && letter.text(DeadLetterHeaders.SOURCE_RECORD).isEmpty()) {
                refusal = Refusal.NOT_KEPT;
            } else if (letter.stage().isEmpty() || (!ofSource && nowhere)) {
                refusal = Refusal.BETWEEN_STEPS;
            } else if (history.has(letter) && !rules.again()) {
                refusal = Refusal.REPLAYED;
            } else if (superseded.contains(letter.id())) {
                refusal = Refusal.SUPERSEDED;
            } else if (letter.input().isPresent() && input.isEmpty()) {
                refusal = Refusal.INPUT_GONE;
            } else if (attempts >= rules.maxAttempts()) {
                refusal = Refusal.TRIED_TOO_OFTEN;
            }
            if (refusal == null) {
                ready.add(new Ready(letter, attempts, input));
            } else {
                refused.merge(refusal, 1, Integer::sum);
            }
        }
        return new ReplayPlan(ready, refused);
    }
}
