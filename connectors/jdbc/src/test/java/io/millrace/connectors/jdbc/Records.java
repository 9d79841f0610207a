package io.millrace.connectors.jdbc;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Records as a worker delivers them: keys of JSON without schema, values with schema. */
final class Records {
    static final String TABLE_TOPIC = "enriched.shop.lines";
    static final String EVENT_TOPIC = "cleaned.shop.clicks";
    static final String REPLAY_TOPIC = "replay.shop";
    static final long ARRIVAL = java.time.Instant.parse("2026-08-01T00:00:00Z").toEpochMilli();
    static final Schema LINE = SchemaBuilder.struct()
            .field("order_id", Schema.INT32_SCHEMA)
            .field("product_id", Schema.INT32_SCHEMA)
            .field("note", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    static final Schema CLICK =
            SchemaBuilder.struct().field("path", Schema.OPTIONAL_STRING_SCHEMA).build();

    private Records() {}

    static SinkRecord line(int partition, long offset, int order, int product, String note) {
        Struct value = new Struct(LINE)
                .put("order_id", order)
                .put("product_id", product)
                .put("note", note);
        return record(TABLE_TOPIC, partition, offset, key(order, product), LINE, value);
    }

    static SinkRecord gone(int partition, long offset, int order, int product) {
        return record(TABLE_TOPIC, partition, offset, key(order, product), null, null);
    }

    static SinkRecord click(int partition, long offset, String path) {
        return record(EVENT_TOPIC, partition, offset, null, CLICK, new Struct(CLICK).put("path", path));
    }

    static SinkRecord row(long offset, Object key, Struct value) {
        return record(TABLE_TOPIC, 0, offset, key, value.schema(), value);
    }

    /** A record whose key is text, as StringConverter reads it. */
    static SinkRecord text(long offset, String key, Struct value) {
        SinkRecord record = new SinkRecord(
                TABLE_TOPIC,
                0,
                Schema.OPTIONAL_STRING_SCHEMA,
                key,
                value == null ? null : value.schema(),
                value,
                offset,
                ARRIVAL,
                TimestampType.CREATE_TIME);
        record.headers().addString("millrace.origin", "raw.shop.x-0@" + offset);
        return record;
    }

    /**
     * A dead letter as it enters the sink again.
     *
     * @param offset on the replay topic
     * @param first as it was read when it died
     */
    static SinkRecord replayed(long offset, SinkRecord first) {
        SinkRecord record = new SinkRecord(
                first.topic(),
                first.kafkaPartition(),
                first.keySchema(),
                first.key(),
                first.valueSchema(),
                first.value(),
                offset,
                first.timestamp(),
                TimestampType.CREATE_TIME,
                first.headers(),
                REPLAY_TOPIC,
                first.kafkaPartition(),
                offset);
        return asReplay(record, first.kafkaOffset());
    }

    /** Gives a record the headers of a replay. */
    static SinkRecord asReplay(SinkRecord record, long formerOffset) {
        record.headers().addString("millrace.replay.stage", "sink:warehouse");
        record.headers().addString("millrace.replay.offset", Long.toString(formerOffset));
        return record;
    }

    static SinkRecord withOrigin(SinkRecord record, String origin) {
        record.headers().remove("millrace.origin");
        if (!origin.isEmpty()) {
            record.headers().addString("millrace.origin", origin);
        }
        return record;
    }

    static Map<String, Object> key(long order, long product) {
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("order_id", order);
        key.put("product_id", product);
        return key;
    }

    static SinkRecord record(String topic, int partition, long offset, Object key, Schema schema, Object value) {
        SinkRecord record =
                new SinkRecord(topic, partition, null, key, schema, value, offset, ARRIVAL, TimestampType.CREATE_TIME);
        record.headers().addString("millrace.origin", "raw.shop.x-" + partition + "@" + offset);
        return record;
    }
}
