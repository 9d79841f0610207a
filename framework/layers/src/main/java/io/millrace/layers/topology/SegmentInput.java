package io.millrace.layers.topology;

import io.millrace.layers.step.Outcome;
import io.millrace.plugin.record.DeadLetter;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** How a segment reads what enters it. Owned by one thread. */
interface SegmentInput<V> {

    /**
     * The record for the steps, or why there is none.
     *
     * @param at where the record that is being processed was read; null where Kafka Streams does not know
     */
    Outcome open(FixedKeyRecord<Bytes, V> entered, @Nullable RecordMetadata at);

    /** The dead letter's original place, bytes and headers. */
    void original(DeadLetter.Builder deadLetter, FixedKeyRecord<Bytes, V> entered, @Nullable RecordMetadata at);
}
