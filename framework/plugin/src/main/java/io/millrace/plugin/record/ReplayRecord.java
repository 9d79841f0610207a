package io.millrace.plugin.record;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
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

    private ReplayRecord() {}

    /** {@code <topic>-<partition>@<offset>}: how a dead letter is called in {@link ReplayHeaders#OF}. */
    public static String id(ConsumerRecord<?, ?> letter) {
        return letter.topic() + "-" + letter.partition() + "@" + letter.offset();
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
        return new ProducerRecord<>(
                replayTopic, partition(letter, partitions), timestamp, letter.key(), letter.value(), headers);
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
    private static int partition(ConsumerRecord<byte[], byte[]> letter, int partitions) {
        Long former = ReplayHeaders.number(letter.headers(), DeadLetterHeaders.PARTITION);
        if (former != null && former < partitions) {
            return former.intValue();
        }
        // as Kafka's own partitioner does
        return letter.key() == null ? 0 : Utils.toPositive(Utils.murmur2(letter.key())) % partitions;
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
