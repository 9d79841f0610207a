package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.s3.parquet.Compression;
import io.millrace.connectors.s3.parquet.Duck;
import io.millrace.connectors.s3.parquet.Row;
import io.millrace.connectors.s3.parquet.RowFile;
import io.millrace.connectors.s3.parquet.RowSchemas;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.StringConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordRowsTest {
    private static final StreamRef TABLE = new StreamRef("cleaned", "orders", true);
    private static final StreamRef EVENTS = new StreamRef("cleaned", "clicks", false);
    private static final StreamRef RAW = new StreamRef("raw", "weblog", false);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"true, x, u", "true, , d", "false, x, i", "false, , i"})
    void theOperationFollowsFromTheStreamAndTheValue(boolean table, String value, String operation) throws Exception {
        assertThat(column("_op", table ? TABLE : EVENTS, record(null, value, new ConnectHeaders())))
                .isEqualTo(operation);
    }

    @Test
    void theOriginIsTheHeadersOrTheRawRecordItselfOrNone() throws Exception {
        Headers text = new ConnectHeaders().addString("millrace.origin", "raw.shop.orders-1@2");
        Headers bytes = new ConnectHeaders()
                .addBytes("millrace.origin", "raw.shop.orders-3@4".getBytes(StandardCharsets.UTF_8));

        assertThat(column("_origin", TABLE, record(null, "x", text))).isEqualTo("raw.shop.orders-1@2");
        assertThat(column("_origin", TABLE, record(null, "x", bytes))).isEqualTo("raw.shop.orders-3@4");
        assertThat(column("_origin", TABLE, record(null, "x", new ConnectHeaders())))
                .isEqualTo("~");
        assertThat(column("_origin", RAW, record(null, "x", new ConnectHeaders())))
                .isEqualTo("topic-5@6");
        assertThat(column("_origin", StreamRef.undescribed("topic"), record(null, "x", new ConnectHeaders())))
                .isEqualTo("topic-5@6");
    }

    @Test
    void aKeyIsItsCanonicalTextThroughTheStringConverter() throws Exception {
        StringConverter converter = new StringConverter();
        converter.configure(Map.of(), true);
        String text = "{\"order_id\":10248,\"at\":1.10,\"a\":\"\"}";

        SchemaAndValue key = converter.toConnectData("topic", text.getBytes(StandardCharsets.UTF_8));

        assertThat(column("_key", TABLE, record(key, "x", new ConnectHeaders())))
                .isEqualTo(text);
    }

    @Test
    void aKeyFromAnyOtherConverterIsJsonToo() throws Exception {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false"), true);
        SchemaAndValue json = converter.toConnectData("topic", "{\"order_id\":10248}".getBytes(StandardCharsets.UTF_8));
        Schema schema = SchemaBuilder.struct()
                .field("id", Schema.INT32_SCHEMA)
                .field("price", Decimal.schema(2))
                .build();
        Struct struct = new Struct(schema).put("id", 1).put("price", new BigDecimal("1.10"));

        assertThat(column("_key", TABLE, record(json, "x", new ConnectHeaders())))
                .isEqualTo("{\"order_id\":10248}");
        assertThat(column("_key", TABLE, record(new SchemaAndValue(schema, struct), "x", new ConnectHeaders())))
                .isEqualTo("{\"id\":1,\"price\":1.10}");
        assertThat(column(
                        "_key",
                        TABLE,
                        record(new SchemaAndValue(null, new byte[] {(byte) 255}), "x", new ConnectHeaders())))
                .isEqualTo("/w==");
        assertThat(column("_key", TABLE, record(null, "x", new ConnectHeaders())))
                .isEqualTo("~");
    }

    private String column(String name, StreamRef stream, SinkRecord record) throws Exception {
        Row row = new RecordRows(stream, new RowSchemas()).row(record);
        Path path = folder.resolve(System.identityHashCode(row) + ".parquet");
        RowFile file = RowFile.create(path, row.layout(), Compression.NONE);
        file.write(row);
        file.finish();
        try (Duck duck = new Duck()) {
            return duck.rows("SELECT " + name + " FROM read_parquet('" + path + "')")
                    .get(0);
        }
    }

    private static SinkRecord record(SchemaAndValue key, Object value, Headers headers) {
        return new SinkRecord(
                "topic",
                5,
                key == null ? null : key.schema(),
                key == null ? null : key.value(),
                null,
                value,
                6,
                0L,
                TimestampType.CREATE_TIME,
                headers);
    }
}
