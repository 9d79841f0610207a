package io.millrace.layers.topology;

import io.millrace.layers.record.Origin;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.record.RowKeys;
import io.millrace.layers.step.ChangeRows;
import io.millrace.layers.step.StepRecord;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Gives change events the keys that their rows make. One that has no row, or cannot be read, keeps the key it has: what is wrong with it is
 * found, and told, by the steps.
 */
final class RawKeyProcessor implements Processor<Bytes, byte[], Bytes, RawChange> {
    private final RowKeys keys;
    private final RowCodec codec;
    private final ChangeRows rows = new ChangeRows();

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private ProcessorContext<Bytes, RawChange> context;

    RawKeyProcessor(RowKeys keys, RowCodec codec) {
        this.keys = keys;
        this.codec = codec;
    }

    @Override
    public void init(ProcessorContext<Bytes, RawChange> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(Record<Bytes, byte[]> entered) {
        RecordMetadata at = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a raw record comes from a topic"));
        StepRecord.Place place = RawInput.place(entered.headers(), at);
        Bytes key = key(entered.value());
        if (key == null) {
            key = entered.key() == null
                    ? Bytes.wrap(
                            Origin.of(at.topic(), at.partition(), at.offset()).getBytes(StandardCharsets.UTF_8))
                    : entered.key();
        }
        context.forward(entered.withKey(key).withValue(new RawChange(place, entered.key(), entered.value())));
    }

    private @Nullable Bytes key(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        try {
            Struct row = rows.lastOf(codec.read(value).value());
            return row == null ? null : keys.of(row);
        } catch (RuntimeException e) {
            // The steps meet it again, and make a dead letter of it.
            return null;
        }
    }
}
