package io.millrace.app;

import io.millrace.layers.record.RowCodec;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Change events of Northwind's tables as Debezium's PostgreSQL connector writes them: smallint, real, and dates as days. */
final class ShopChanges {
    static final Schema CUSTOMER = row("customers")
            .field("customer_id", Schema.STRING_SCHEMA)
            .field("company_name", Schema.STRING_SCHEMA)
            .field("contact_name", Schema.OPTIONAL_STRING_SCHEMA)
            .field("country", SchemaBuilder.string().optional().defaultValue("Utopia").build())
            .field("phone", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    static final Schema ORDER = row("orders")
            .field("order_id", Schema.INT16_SCHEMA)
            .field("customer_id", Schema.OPTIONAL_STRING_SCHEMA)
            .field(
                    "order_date",
                    SchemaBuilder.int32().name("io.debezium.time.Date").version(1).optional().build())
            .field("freight", Schema.OPTIONAL_FLOAT32_SCHEMA)
            .field("ship_country", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    static final Schema LINE = row("order_details")
            .field("order_id", Schema.INT16_SCHEMA)
            .field("product_id", Schema.INT16_SCHEMA)
            .field("unit_price", Schema.FLOAT32_SCHEMA)
            .field("quantity", Schema.INT16_SCHEMA)
            .field("discount", Schema.OPTIONAL_FLOAT32_SCHEMA)
            .build();

    private static final RowCodec CODEC = new RowCodec();

    private ShopChanges() {}

    private static SchemaBuilder row(String table) {
        return SchemaBuilder.struct().name("shopdb.public." + table + ".Value").optional();
    }

    static byte[] customer(String op, String id, String company, String country, String phone) {
        return event(
                op,
                new Struct(CUSTOMER)
                        .put("customer_id", id)
                        .put("company_name", company)
                        .put("country", country)
                        .put("phone", phone));
    }

    static byte[] order(String op, int id, String customer, String date) {
        return event(
                op,
                new Struct(ORDER)
                        .put("order_id", (short) id)
                        .put("customer_id", customer)
                        .put("order_date", date == null ? null : (int)
                                LocalDate.parse(date).toEpochDay())
                        .put("freight", 32.38f)
                        .put("ship_country", "Elsewhere"));
    }

    static byte[] line(String op, int order, int product, float price, int quantity, Float discount) {
        return event(
                op,
                new Struct(LINE)
                        .put("order_id", (short) order)
                        .put("product_id", (short) product)
                        .put("unit_price", price)
                        .put("quantity", (short) quantity)
                        .put("discount", discount));
    }

    /** Of a row of which Debezium knows the key only, as with the replica identity that tables have by default. */
    static byte[] delete(Schema row) {
        Schema envelope = envelope(row);
        return CODEC.write(envelope, new Struct(envelope).put("op", "d").put("ts_ms", 1L));
    }

    static byte[] event(String op, Struct after) {
        Schema envelope = envelope(after.schema());
        return CODEC.write(
                envelope,
                new Struct(envelope).put("after", after).put("op", op).put("ts_ms", 1L));
    }

    private static Schema envelope(Schema row) {
        return SchemaBuilder.struct()
                .name(row.name().replace("Value", "Envelope"))
                .field("before", row)
                .field("after", row)
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
    }

    static byte[] customerKey(String id) {
        return utf8("{\"customer_id\":\"" + id + "\"}");
    }

    static byte[] orderKey(int id) {
        return utf8("{\"order_id\":" + id + "}");
    }

    static byte[] lineKey(int order, int product) {
        return utf8("{\"order_id\":" + order + ",\"product_id\":" + product + "}");
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
