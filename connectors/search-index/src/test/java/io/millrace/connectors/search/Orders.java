package io.millrace.connectors.search;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;

/** Records of a table of orders, and tasks to put them into. */
final class Orders {
    static final String TOPIC = "enriched.shop.orders";
    static final Schema SCHEMA = SchemaBuilder.struct()
            .field("order_id", Schema.INT32_SCHEMA)
            .field("company", Schema.OPTIONAL_STRING_SCHEMA)
            .field("total", Decimal.builder(2).optional().build())
            .field("ordered_on", Date.builder().optional().build())
            .field(
                    "shipped_at",
                    SchemaBuilder.int64()
                            .name("io.debezium.time.MicroTimestamp")
                            .optional()
                            .build())
            .build();

    private Orders() {}

    static Struct order(int id, String company, String total) {
        return new Struct(SCHEMA)
                .put("order_id", id)
                .put("company", company)
                .put("total", new BigDecimal(total))
                .put(
                        "ordered_on",
                        java.util.Date.from(java.time.LocalDate.of(1996, 7, 4)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant()))
                .put("shipped_at", Instant.parse("1996-07-16T10:20:30Z").getEpochSecond() * 1_000_000L + 123_456);
    }

    /** A record whose key is as the worker gives it; null value deletes. */
    static SinkRecord record(int partition, long offset, int id, Struct value) {
        return record(partition, offset, "{\"order_id\":" + id + "}", value == null ? null : value.schema(), value);
    }

    static SinkRecord record(int partition, long offset, Object key, Schema schema, Object value) {
        return new SinkRecord(
                TOPIC,
                partition,
                Schema.OPTIONAL_STRING_SCHEMA,
                key,
                schema,
                value,
                offset,
                0L,
                TimestampType.CREATE_TIME,
                new ConnectHeaders().addString("millrace.origin", "raw.shop.orders-" + partition + "@" + offset));
    }

    static Map<String, String> config(String url, String... more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "shop.search",
                "search.url",
                url,
                "search.index",
                "orders",
                "search.streams",
                TOPIC + "=enriched/orders/table"));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    /** A task that does not wait between attempts; each pause moves its clock. */
    static SearchIndexSinkTask task(Map<String, String> config, FakeContext context) {
        ManualClock clock = new ManualClock();
        SearchIndexSinkTask task = new SearchIndexSinkTask(clock, clock::advance);
        task.initialize(context);
        SearchIndexSinkConnector connector = new SearchIndexSinkConnector();
        connector.start(config);
        task.start(connector.taskConfigs(1).get(0));
        return task;
    }

    static List<String> reasons(FakeContext context) {
        return context.reported.stream().map(FakeContext.Reported::reason).toList();
    }

    /** Time passes only in pauses. */
    static final class ManualClock extends java.time.Clock {
        private Instant now = Instant.EPOCH;

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public java.time.Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
