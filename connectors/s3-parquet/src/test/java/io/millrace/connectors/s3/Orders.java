package io.millrace.connectors.s3;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Records of a table of orders, as a worker delivers them. */
final class Orders {
    static final String TOPIC = "cleaned.shop.orders";
    static final String CUSTOMERS = "enriched.shop.customers";
    static final String REPLAYS = "replay.shop";
    static final long FIRST_DAY = 836_697_600_000L; // 1996-07-07
    static final long DAY = 86_400_000L;
    static final Schema V1 = SchemaBuilder.struct()
            .field("id", Schema.INT32_SCHEMA)
            .field("country", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    static final Schema V2 = SchemaBuilder.struct()
            .field("id", Schema.INT32_SCHEMA)
            .field("country", Schema.OPTIONAL_STRING_SCHEMA)
            .field("freight", Schema.OPTIONAL_FLOAT64_SCHEMA)
            .build();
    /** Parquet has no type for it. */
    static final Schema POISON = SchemaBuilder.struct()
            .field("nothing", SchemaBuilder.struct().build())
            .build();

    private Orders() {}

    static Map<String, String> config(String... more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "shop.lake",
                "s3.bucket",
                "lake",
                "s3.streams",
                TOPIC + "=cleaned/orders/table," + CUSTOMERS + "=enriched/customers/table",
                "s3.task",
                "0"));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    static SinkRecord row(int partition, long offset, int id, String country) {
        return record(partition, offset, id, V1, new Struct(V1).put("id", id).put("country", country), FIRST_DAY);
    }

    static SinkRecord row2(int partition, long offset, int id, String country) {
        return record(partition, offset, id, V2, new Struct(V2).put("id", id).put("country", country), FIRST_DAY);
    }

    static SinkRecord tombstone(int partition, long offset, int id) {
        return record(partition, offset, id, null, null, FIRST_DAY);
    }

    static SinkRecord poison(int partition, long offset) {
        return record(partition, offset, 0, POISON, new Struct(POISON), FIRST_DAY);
    }

    /** A row whose writer took nanoseconds for milliseconds. */
    static SinkRecord inNanoseconds(int partition, long offset) {
        Struct value = new Struct(V1).put("id", 1).put("country", "de");
        return record(partition, offset, 1, V1, value, FIRST_DAY * 1_000_000L);
    }

    /**
     * A record of any topic as it is read from the replay topic of its pipeline.
     *
     * @param record with its former coordinates
     */
    static SinkRecord replayed(String topic, SinkRecord record, int partition, long offset) {
        SinkRecord replayed = new SinkRecord(
                topic,
                partition,
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                offset,
                record.timestamp(),
                record.timestampType(),
                record.headers().duplicate(),
                REPLAYS,
                partition,
                offset);
        replayed.headers().addString("millrace.replay.offset", Long.toString(record.kafkaOffset()));
        return replayed;
    }

    /** As a transform makes it that gives records another topic. */
    static SinkRecord routed(String topic, SinkRecord record) {
        return record.newRecord(
                topic,
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.timestamp());
    }

    static SinkRecord onDay(SinkRecord record, int day) {
        return record(
                record.kafkaPartition(),
                record.kafkaOffset(),
                record.key(),
                record.valueSchema(),
                record.value(),
                FIRST_DAY + day * DAY);
    }

    private static SinkRecord record(int partition, long offset, int id, Schema schema, Object value, long timestamp) {
        return record(partition, offset, "{\"id\":" + id + "}", schema, value, timestamp);
    }

    private static SinkRecord record(
            int partition, long offset, Object key, Schema schema, Object value, long timestamp) {
        SinkRecord record = new SinkRecord(
                TOPIC,
                partition,
                Schema.OPTIONAL_STRING_SCHEMA,
                key,
                schema,
                value,
                offset,
                timestamp,
                TimestampType.CREATE_TIME);
        record.headers().addString("millrace.origin", "raw.shop.orders-0@" + offset);
        return record;
    }
}
