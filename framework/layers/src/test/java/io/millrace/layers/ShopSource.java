package io.millrace.layers;

import io.millrace.layers.record.RowCodec;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Change events of the shop's tables, as Debezium writes them. */
public final class ShopSource {
    private static final Schema CUSTOMER = SchemaBuilder.struct()
            .name("shopdb.public.customers.Value")
            .optional()
            .field("customer_id", Schema.STRING_SCHEMA)
            .field("company_name", Schema.STRING_SCHEMA)
            .field("country", SchemaBuilder.string().optional().defaultValue("nowhere").build())
            .build();
    private static final Schema ORDER = SchemaBuilder.struct()
            .name("shopdb.public.orders.Value")
            .optional()
            .field("order_id", Schema.INT16_SCHEMA)
            .field("customer_id", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    private static final Schema LINE = SchemaBuilder.struct()
            .name("shopdb.public.order_details.Value")
            .optional()
            .field("order_id", Schema.INT16_SCHEMA)
            .field("product_id", Schema.INT16_SCHEMA)
            .field("unit_price", Schema.FLOAT32_SCHEMA)
            .field("quantity", Schema.INT16_SCHEMA)
            .field("discount", Decimal.schema(2))
            .build();
    private static final Map<String, Schema> ENVELOPES = Map.of(
            "customers", envelope(CUSTOMER), "orders", envelope(ORDER), "order_details", envelope(LINE));

    private final RowCodec codec = new RowCodec();

    private static Schema envelope(Schema row) {
        return SchemaBuilder.struct()
                .name(row.name().replace("Value", "Envelope"))
                .field("before", row)
                .field("after", row)
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
    }

    public static byte[] customerKey(String id) {
        return utf8("{\"customer_id\":\"" + id + "\"}");
    }

    public static byte[] orderKey(int id) {
        return utf8("{\"order_id\":" + id + "}");
    }

    public static byte[] lineKey(int order, int product) {
        return utf8("{\"order_id\":" + order + ",\"product_id\":" + product + "}");
    }

    public byte[] customer(String op, String id, String company, String country) {
        return event(
                "customers",
                op,
                new Struct(CUSTOMER)
                        .put("customer_id", id)
                        .put("company_name", company)
                        .put("country", country));
    }

    public byte[] order(String op, int id, String customer) {
        return event("orders", op, new Struct(ORDER).put("order_id", (short) id).put("customer_id", customer));
    }

    public byte[] line(String op, int order, int product, String price, int quantity, String discount) {
        return event(
                "order_details",
                op,
                new Struct(LINE)
                        .put("order_id", (short) order)
                        .put("product_id", (short) product)
                        .put("unit_price", Float.parseFloat(price))
                        .put("quantity", (short) quantity)
                        .put("discount", new BigDecimal(discount).setScale(2)));
    }

    public byte[] delete(String table) {
        Schema envelope = ENVELOPES.get(table);
        return codec.write(envelope, new Struct(envelope).put("op", "d").put("ts_ms", 1L));
    }

    private byte[] event(String table, String op, Struct after) {
        Schema envelope = ENVELOPES.get(table);
        Struct event = new Struct(envelope).put("op", op).put("after", after).put("ts_ms", 1L);
        return codec.write(envelope, event);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
