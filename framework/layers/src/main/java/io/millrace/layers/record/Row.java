package io.millrace.layers.record;

import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A row and the raw record it comes from. Holds the struct or its Connect JSON and makes the other when it is asked for. Owned by one
 * stream thread at a time; equal when the JSON and the origin are.
 */
public final class Row {
    /** The origin of what has none: an aggregate. */
    public static final String NO_ORIGIN = "";

    private final RowCodec codec;
    private final String origin;
    private @Nullable Struct value;
    private byte @Nullable [] json;

    private Row(RowCodec codec, String origin, @Nullable Struct value, byte @Nullable [] json) {
        this.codec = codec;
        this.origin = origin;
        this.value = value;
        this.json = json;
    }

    public static Row of(RowCodec codec, String origin, Struct value) {
        return new Row(codec, origin, value, null);
    }

    /**
     * @param json Connect JSON with schema; read only when the struct is asked for
     */
    public static Row ofJson(RowCodec codec, String origin, byte[] json) {
        return new Row(codec, origin, null, json);
    }

    /** {@code <topic>-<partition>@<offset>} of the raw record, or {@link #NO_ORIGIN}. */
    public String origin() {
        return origin;
    }

    public Struct value() {
        Struct struct = value;
        if (struct == null) {
            struct = (Struct) Objects.requireNonNull(
                    codec.read(Objects.requireNonNull(json)).value());
            value = struct;
        }
        return struct;
    }

    /** Connect JSON with schema, as on the stream's topic. Not to be changed. */
    public byte[] json() {
        byte[] bytes = json;
        if (bytes == null) {
            Struct struct = Objects.requireNonNull(value);
            bytes = codec.write(struct.schema(), struct);
            json = bytes;
        }
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Row row && origin.equals(row.origin) && Arrays.equals(json(), row.json());
    }

    @Override
    public int hashCode() {
        return 31 * origin.hashCode() + Arrays.hashCode(json());
    }

    /** Without contents, which do not belong into a log. */
    @Override
    public String toString() {
        return "Row[" + origin + "]";
    }
}
