package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Origin;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.plugin.record.DeadLetter;
import io.millrace.plugin.record.ReplayHeaders;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Reads a raw topic's records: bytes, or Connect JSON with schemas. */
final class RawInput implements SegmentInput<byte[]> {
    private final RawStream.Format format;
    private final RowCodec codec;
    private final Keys keys;

    RawInput(RawStream.Format format, RowCodec codec, Keys keys) {
        this.format = format;
        this.codec = codec;
        this.keys = keys;
    }

    @Override
    public Outcome open(FixedKeyRecord<Bytes, byte[]> entered, @Nullable RecordMetadata at) {
        RecordMetadata read = Objects.requireNonNull(at, "a raw record comes from a topic");
        return open(entered, entered.value(), place(entered.headers(), read));
    }

    /** Where a record was read; of one that enters again, where it was read first. */
    static StepRecord.Place place(Headers headers, RecordMetadata read) {
        return ReplayHeaders.isReplay(headers)
                ? formerPlace(headers)
                : new StepRecord.Place(read.topic(), read.partition(), read.offset());
    }

    /** The record of bytes that were read at a place. */
    Outcome open(FixedKeyRecord<Bytes, ?> entered, byte @Nullable [] bytes, StepRecord.Place place) {
        StepRecord.Source source = new StepRecord.Source(
                entered.key(),
                keys,
                entered.headers(),
                place,
                entered.timestamp(),
                ReplayHeaders.isReplay(entered.headers())
                        ? Origin.of(entered.headers())
                        : Origin.of(place.topic(), place.partition(), place.offset()));
        if (bytes == null) {
            return StepRecord.of(source, null, null);
        }
        if (format == RawStream.Format.BYTES) {
            return StepRecord.of(source, Schema.BYTES_SCHEMA, bytes);
        }
        try {
            SchemaAndValue value = codec.read(bytes);
            return StepRecord.of(source, value.schema(), value.value());
        } catch (DataException e) {
            return new Outcome.Failed(
                    "read", "value", "layers.unreadable", "the value is not Connect JSON with a schema", e);
        }
    }

    private static StepRecord.Place formerPlace(Headers headers) {
        String topic = ReplayHeaders.text(headers, ReplayHeaders.TOPIC);
        Long partition = ReplayHeaders.number(headers, ReplayHeaders.PARTITION);
        Long offset = ReplayHeaders.number(headers, ReplayHeaders.OFFSET);
        return new StepRecord.Place(
                topic == null ? "" : topic,
                partition == null ? -1 : partition.intValue(),
                offset == null ? -1 : offset);
    }

    @Override
    public void original(
            DeadLetter.Builder deadLetter, FixedKeyRecord<Bytes, byte[]> entered, @Nullable RecordMetadata at) {
        RecordMetadata place = Objects.requireNonNull(at);
        deadLetter
                .from(place.topic(), place.partition(), place.offset())
                .bytes(SegmentProcessor.bytes(entered.key()), entered.value())
                .originalHeaders(entered.headers());
    }
}
