package io.millrace.worker.task;

import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.worker.fault.Arrival;
import io.millrace.worker.fault.DeadLetterTopic;
import io.millrace.worker.fault.RecordFailure;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;

/** A record that enters the stage of a source. */
sealed interface Incoming {
    /**
     * The record's ordinal among those of its task that came in the same millisecond. On records that came after one of their millisecond
     * died, and on those that enter again.
     */
    String ORDINAL = "millrace.source.ordinal";

    /** Its dead letter, where it did not pass transforms and converters. */
    ProducerRecord<byte[], byte[]> letter(DeadLetterTopic letters, RecordFailure failure);

    /** Its dead letter, where the bytes that were made of it are refused. */
    ProducerRecord<byte[], byte[]> refused(
            DeadLetterTopic letters, ProducerRecord<byte[], byte[]> bytes, RecordFailure failure);

    /** Of which a record can be made. */
    sealed interface Whole extends Incoming {
        SourceRecord original();

        Arrival arrival();

        /** Adds what tells where and when it entered. */
        void mark(Headers headers);
    }

    /**
     * From the connector.
     *
     * @param marked whether it is to say its ordinal
     */
    record Polled(SourceRecord original, Arrival arrival, boolean marked) implements Whole {
        /** Below what our producers send at most, by what headers take. */
        private static final int LARGEST_LETTER = 28 << 20;

        @Override
        public ProducerRecord<byte[], byte[]> letter(DeadLetterTopic letters, RecordFailure failure) {
            return letters.ofSource(original, arrival, original.topic(), failure);
        }

        @Override
        public ProducerRecord<byte[], byte[]> refused(
                DeadLetterTopic letters, ProducerRecord<byte[], byte[]> bytes, RecordFailure failure) {
            // What came after it has been sent without ordinals.
            ProducerRecord<byte[], byte[]> letter =
                    letters.ofSource(original, arrival.withUnknownOrdinal(), bytes.topic(), failure);
            return size(letter) <= Math.max(LARGEST_LETTER, size(bytes)) ? letter : letters.ofBytes(bytes, failure);
        }

        private static long size(ProducerRecord<byte[], byte[]> sent) {
            return (sent.key() == null ? 0L : sent.key().length) + (sent.value() == null ? 0L : sent.value().length);
        }

        @Override
        public void mark(Headers headers) {
            if (marked) {
                put(headers, ORDINAL, Integer.toString(arrival.ordinal()));
            }
        }
    }

    /** A dead letter that enters again, and the record that it holds. */
    record Replayed(ConsumerRecord<byte[], byte[]> replay, SourceRecord original, Arrival arrival) implements Whole {
        @Override
        public ProducerRecord<byte[], byte[]> letter(DeadLetterTopic letters, RecordFailure failure) {
            return letters.ofReplay(replay, failure);
        }

        @Override
        public ProducerRecord<byte[], byte[]> refused(
                DeadLetterTopic letters, ProducerRecord<byte[], byte[]> bytes, RecordFailure failure) {
            return letters.ofReplay(replay, failure);
        }

        @Override
        public void mark(Headers headers) {
            put(headers, ORDINAL, Integer.toString(arrival.ordinal()));
            String of = ReplayHeaders.text(replay.headers(), ReplayHeaders.OF);
            if (of != null) {
                put(headers, ReplayHeaders.OF, of);
            }
        }
    }

    /** A dead letter that enters again, and of which no record can be made. */
    record Unreadable(ConsumerRecord<byte[], byte[]> replay) implements Incoming {
        @Override
        public ProducerRecord<byte[], byte[]> letter(DeadLetterTopic letters, RecordFailure failure) {
            return letters.ofReplay(replay, failure);
        }

        @Override
        public ProducerRecord<byte[], byte[]> refused(
                DeadLetterTopic letters, ProducerRecord<byte[], byte[]> bytes, RecordFailure failure) {
            return letters.ofReplay(replay, failure);
        }
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
