package io.millrace.app.deadletter;

import io.millrace.app.topic.TopicReader;
import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.plugin.record.ReplayRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads the dead letters of one pipeline. Owned by one thread. */
public final class LetterReader {
    private final TopicReader topics;
    private final String pipeline;

    public LetterReader(TopicReader topics, String pipeline) {
        this.topics = topics;
        this.pipeline = pipeline;
    }

    /** {@code deadletter.<pipeline>}. */
    public static String topicOf(String pipeline) {
        return "deadletter." + pipeline;
    }

    public boolean topicExists() {
        return topics.partitions(topicOf(pipeline)) > 0;
    }

    /** Gives the letters that the filter takes, oldest death first. */
    public void read(LetterFilter filter, Consumer<Letter> into) {
        TopicReader.Start start = filter.since()
                .<TopicReader.Start>map(TopicReader.Start.Since::new)
                .orElseGet(TopicReader.Start.Beginning::new);
        topics.read(topicOf(pipeline), start, read -> {
            Letter letter = new Letter(read);
            if (filter.takes(letter)) {
                into.accept(letter);
            }
        });
    }

    /** What of the chosen letters may enter its stage again. */
    public ReplayPlan plan(List<Letter> chosen, ReplayPlan.Rules rules) {
        ReplayHistory history = new ReplayHistory();
        topics.read(ReplayHeaders.topicOf(pipeline), new TopicReader.Start.Beginning(), history::add);
        return ReplayPlan.of(chosen, history, inputs(chosen), superseded(chosen), rules);
    }

    /** The records that stages read and made of what the letters hold, as far as they are still on their topics. */
    private Map<ReplayRecord.Place, ConsumerRecord<byte[], byte[]>> inputs(List<Letter> chosen) {
        Set<ReplayRecord.Place> wanted =
                chosen.stream().flatMap(letter -> letter.input().stream()).collect(Collectors.toSet());
        Map<String, Map<TopicPartition, Long>> reading = new HashMap<>();
        wanted.forEach(place -> reading.computeIfAbsent(place.topicPartition().topic(), topic -> new HashMap<>())
                .merge(place.topicPartition(), place.offset(), Math::min));
        Map<ReplayRecord.Place, ConsumerRecord<byte[], byte[]>> found = new HashMap<>();
        reading.forEach((topic, from) -> {
            int partitions = topics.partitions(topic);
            from.keySet().removeIf(partition -> partition.partition() >= partitions);
            topics.read(topic, new TopicReader.Start.Offsets(from), read -> {
                ReplayRecord.Place place =
                        new ReplayRecord.Place(new TopicPartition(read.topic(), read.partition()), read.offset());
                if (wanted.contains(place)) {
                    found.put(place, read);
                }
            });
        });
        return found;
    }

    /** A record of a topic that a sink reads, by its key. */
    private record Keyed(TopicPartition partition, int hash, byte @Nullable [] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Keyed keyed && partition.equals(keyed.partition) && Arrays.equals(key, keyed.key);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        static Keyed of(TopicPartition partition, byte[] key) {
            return new Keyed(partition, 31 * partition.hashCode() + Arrays.hashCode(key), key);
        }
    }

    /**
     * Letters of sinks whose key has a newer record in its topic. A table's sink has that one, which an older one would overwrite; layers
     * see to it themselves. Of events no record replaces another.
     */
    private Set<String> superseded(List<Letter> chosen) {
        Map<Keyed, Long> newest = new HashMap<>();
        Map<String, Map<TopicPartition, Long>> reading = new HashMap<>();
        List<Letter> keyed =
                chosen.stream().filter(LetterReader::isKeyedOfASink).toList();
        for (Letter letter : keyed) {
            TopicPartition partition = partition(letter);
            newest.put(Keyed.of(partition, letter.read().key()), -1L);
            reading.computeIfAbsent(partition.topic(), topic -> new HashMap<>())
                    .merge(partition, offset(letter) + 1, Math::min);
        }
        reading.forEach((topic, from) -> {
            if (!topics.isCompacted(topic)) {
                return;
            }
            topics.read(topic, new TopicReader.Start.Offsets(from), read -> {
                if (read.key() != null) {
                    newest.computeIfPresent(
                            Keyed.of(new TopicPartition(read.topic(), read.partition()), read.key()),
                            (key, offset) -> Math.max(offset, read.offset()));
                }
            });
        });
        return keyed.stream()
                .filter(letter -> newest.getOrDefault(
                                Keyed.of(partition(letter), letter.read().key()), -1L)
                        > offset(letter))
                .map(Letter::id)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static boolean isKeyedOfASink(Letter letter) {
        return letter.stage().startsWith("sink:")
                && letter.read().key() != null
                && letter.topic().isPresent()
                && letter.partition() != null
                && letter.offset() != null;
    }

    private static TopicPartition partition(Letter letter) {
        Long partition = letter.partition();
        return new TopicPartition(letter.topic().orElse(""), partition == null ? 0 : partition.intValue());
    }

    private static long offset(Letter letter) {
        Long offset = letter.offset();
        return offset == null ? 0 : offset;
    }
}
