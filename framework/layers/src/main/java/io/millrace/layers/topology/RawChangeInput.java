package io.millrace.layers.topology;

import io.millrace.layers.step.Outcome;
import io.millrace.plugin.record.DeadLetter;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Reads raw records that were moved to their new keys, as if they had just been read. */
final class RawChangeInput implements SegmentInput<RawChange> {
    private final RawInput raw;

    RawChangeInput(RawInput raw) {
        this.raw = raw;
    }

    @Override
    public Outcome open(FixedKeyRecord<Bytes, RawChange> entered, @Nullable RecordMetadata at) {
        RawChange change = entered.value();
        return raw.open(entered, change.value(), change.place());
    }

    @Override
    public void original(
            DeadLetter.Builder deadLetter, FixedKeyRecord<Bytes, RawChange> entered, @Nullable RecordMetadata at) {
        RawChange change = entered.value();
        deadLetter
                .from(
                        change.place().topic(),
                        change.place().partition(),
                        change.place().offset())
                .bytes(SegmentProcessor.bytes(change.key()), change.value())
                .originalHeaders(entered.headers());
    }
}
