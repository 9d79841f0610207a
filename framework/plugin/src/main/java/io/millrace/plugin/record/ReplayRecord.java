package io.millrace.plugin.record;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Makes of a dead letter the record that enters its stage again: the inverse of {@link DeadLetter}. */
public final class ReplayRecord {
    private static final String CONNECT = "__connect.errors.";
    private static final String ERROR = "millrace.error.";
    private static final String SOURCE = "source:";
    private static final int FIRST_TRY = 1;
    private static final Pattern PLACE = Pattern.compile("(.+)-([0-9]+)@([0-9]+)");

    private ReplayRecord() {}

    /** {@code <topic>-<partition>@<offset>}: how a dead letter is called in {@link ReplayHeaders#OF}. */
    public static String id(ConsumerRecord<?, ?> letter) {
        return letter.topic() + "-" + letter.partition() + "@" + letter.offset();
    }

    /** Where a record lies. */
    public record Place(TopicPartition topicPartition, long offset) {}

    /** The inverse of {@link #id}; empty for what is no such text. */
    public static Optional<Place> place(String text) {
        Matcher matcher = PLACE.matcher(text);
        try {
            return matcher.matches()
                    ? Optional.of(new Place(
                            new TopicPartition(matcher.group(1), Integer.parseInt(matcher.group(2))),
                            Long.parseLong(matcher.group(3))))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * The record that a stage read, where its dead letter holds a row that the stage made of it.
     *
     * @param letter with {@link DeadLetterHeaders#STAGE} and {@link DeadLetterHeaders#INPUT}
     * @param input the record that the latter names
     * @param partitions of the replay topic, as many as the pipeline's topics have
     * @param attempts how often the record was tried until now
     * @throws IllegalArgumentException where the stage is missing
     */
    public static ProducerRecord<byte[], byte[]> ofInput(
            ConsumerRecord<byte[], byte[]> letter,
            ConsumerRecord<byte[], byte[]> input,
            String replayTopic,
            int partitions,
            long attempts) {
        Headers headers = new RecordHeaders(input.headers().toArray());
        put(headers, DeadLetterHeaders.ORIGIN, id(input));
        put(headers, ReplayHeaders.STAGE, required(letter.headers(), DeadLetterHeaders.STAGE));
        put(headers, ReplayHeaders.OF, id(letter));
        put(headers, ReplayHeaders.TOPIC, input.topic());
        put(headers, ReplayHeaders.PARTITION, Integer.toString(input.partition()));
        put(headers, ReplayHeaders.OFFSET, Long.toString(input.offset()));
        put(headers, ReplayHeaders.PASSED, ReplayHeaders.text(letter.headers(), ReplayHeaders.PASSED));
        put(headers, DeadLetterHeaders.ATTEMPTS, Long.toString(Math.max(FIRST_TRY, attempts)));
        Long timestamp = input.timestamp() < 0 ? null : (Long) input.timestamp();
        int partition = partition((long) input.partition(), input.key(), partitions);
        return new ProducerRecord<>(replayTopic, partition, timestamp, input.key(), input.value(), headers);
    }

    /**
     * The record with its former key, value, timestamp and headers, on its former partition where that is known and there, else on the
     * one of its key.
     *
     * @param letter with {@link DeadLetterHeaders#STAGE} and {@link DeadLetterHeaders#TOPIC}; of a source with
     *     {@link DeadLetterHeaders#SOURCE_RECORD}
     * @param partitions of the replay topic, as many as the pipeline's topics have
     * @param attempts how often the record was tried until now
     * @throws IllegalArgumentException where one of the headers is missing
     */
    public static ProducerRecord<byte[], byte[]> of(
            ConsumerRecord<byte[], byte[]> letter, String replayTopic, int partitions, long attempts) {
        Headers came = letter.headers();
        String stage = required(came, DeadLetterHeaders.STAGE);
        @Nullable String topic = isOfSource(stage) ? sourceTopic(came) : required(came, DeadLetterHeaders.TOPIC);
        Headers headers = new RecordHeaders();
        for (Header header : came) {
            if (!isOfTheDeath(header.key())) {
                headers.add(header);
            }
        }
        put(headers, ReplayHeaders.STAGE, stage);
        put(headers, ReplayHeaders.OF, id(letter));
        put(headers, ReplayHeaders.TOPIC, topic);
        put(headers, ReplayHeaders.PARTITION, ReplayHeaders.text(came, DeadLetterHeaders.PARTITION));
        put(headers, ReplayHeaders.OFFSET, ReplayHeaders.text(came, DeadLetterHeaders.OFFSET));
        put(headers, DeadLetterHeaders.ATTEMPTS, Long.toString(Math.max(FIRST_TRY, attempts)));
        Long timestamp = letter.timestamp() < 0 ? null : (Long) letter.timestamp();
        int partition = partition(ReplayHeaders.number(came, DeadLetterHeaders.PARTITION), letter.key(), partitions);
        return new ProducerRecord<>(replayTopic, partition, timestamp, letter.key(), letter.value(), headers);
    }

    /** Whether it is the stage of a source: its records were on no topic before. */
    public static boolean isOfSource(String stage) {
        return stage.startsWith(SOURCE);
    }

    /** The record itself says its topic, or its transforms do. */
    private static @Nullable String sourceTopic(Headers came) {
        required(came, DeadLetterHeaders.SOURCE_RECORD);
        return ReplayHeaders.text(came, DeadLetterHeaders.TOPIC);
    }

    /** State is kept where the record was read; a record without a place and without a key has no state. */
    private static int partition(@Nullable Long former, byte @Nullable [] key, int partitions) {
        if (former != null && former < partitions) {
            return former.intValue();
        }
        // as Kafka's own partitioner does
        return key == null ? 0 : Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    private static boolean isOfTheDeath(String name) {
        return name.startsWith(CONNECT)
                || name.startsWith(ERROR)
                || name.equals(DeadLetterHeaders.STAGE)
                || name.equals(DeadLetterHeaders.RULE);
    }

    private static String required(Headers headers, String name) {
        String text = ReplayHeaders.text(headers, name);
        if (text == null) {
            throw new IllegalArgumentException("a dead letter without the header '" + name + "' cannot be replayed");
        }
        return text;
    }

    private static void put(Headers headers, String name, @Nullable String value) {
        headers.remove(name);
        if (value != null) {
            headers.add(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }
}
