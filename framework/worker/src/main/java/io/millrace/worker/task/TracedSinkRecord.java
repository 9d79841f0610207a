package io.millrace.worker.task;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** A sink record that knows the bytes it was read from, through every transform. */
@SuppressWarnings("NullAway") // the Connect API allows null in keys, values, schemas and timestamps
final class TracedSinkRecord extends SinkRecord {
    private final ConsumerRecord<byte[], byte[]> raw;

    private TracedSinkRecord(
            ConsumerRecord<byte[], byte[]> raw,
            String topic,
            Integer partition,
            SchemaAndValue key,
            SchemaAndValue value,
            @Nullable Long timestamp,
            TimestampType timestampType,
            Iterable<Header> headers) {
        super(
                topic,
                partition,
                key.schema(),
                key.value(),
                value.schema(),
                value.value(),
                raw.offset(),
                timestamp,
                timestampType,
                headers,
                raw.topic(),
                raw.partition(),
                raw.offset());
        this.raw = raw;
    }

    /** @param topic that the task is to see; the original coordinates are those that the record was read from */
    static TracedSinkRecord of(
            ConsumerRecord<byte[], byte[]> raw,
            String topic,
            SchemaAndValue key,
            SchemaAndValue value,
            Iterable<Header> headers) {
        Long timestamp = raw.timestamp() < 0 ? null : (Long) raw.timestamp();
        return new TracedSinkRecord(raw, topic, raw.partition(), key, value, timestamp, raw.timestampType(), headers);
    }

    ConsumerRecord<byte[], byte[]> raw() {
        return raw;
    }

    @Override
    public SinkRecord newRecord(
            String topic,
            Integer partition,
            Schema keySchema,
            Object key,
            Schema valueSchema,
            Object value,
            Long timestamp) {
        return newRecord(
                topic,
                partition,
                keySchema,
                key,
                valueSchema,
                value,
                timestamp,
                headers().duplicate());
    }

    @Override
    public SinkRecord newRecord(
            String topic,
            Integer partition,
            Schema keySchema,
            Object key,
            Schema valueSchema,
            Object value,
            Long timestamp,
            Iterable<Header> headers) {
        return new TracedSinkRecord(
                raw,
                topic,
                partition,
                new SchemaAndValue(keySchema, key),
                new SchemaAndValue(valueSchema, value),
                timestamp,
                timestampType(),
                headers);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
