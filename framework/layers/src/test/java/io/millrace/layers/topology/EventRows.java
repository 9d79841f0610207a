package io.millrace.layers.topology;

import io.millrace.layers.record.RowCodec;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Rows as a plain connector writes them. */
final class EventRows {
    static final Schema READING = SchemaBuilder.struct()
            .field("device", Schema.OPTIONAL_STRING_SCHEMA)
            .field("n", Schema.OPTIONAL_INT64_SCHEMA)
            .field("celsius", Schema.OPTIONAL_FLOAT64_SCHEMA)
            .build();
    static final Schema DEVICE = SchemaBuilder.struct()
            .field("id", Schema.STRING_SCHEMA)
            .field("room", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private static final RowCodec CODEC = new RowCodec();

    private EventRows() {}

    static byte[] reading(String device, Long n, Double celsius) {
        return CODEC.write(
                READING, new Struct(READING).put("device", device).put("n", n).put("celsius", celsius));
    }

    static byte[] device(String id, String room) {
        return CODEC.write(DEVICE, new Struct(DEVICE).put("id", id).put("room", room));
    }

    static byte[] deviceKey(String id) {
        return ("{\"id\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8);
    }
}
