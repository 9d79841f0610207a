package io.millrace.connectors.s3.parquet;

import java.util.function.Function;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * One column.
 *
 * @param physical how it is stored
 * @param logical what it means; null for the physical type itself
 * @param length in bytes, of a FIXED_LEN_BYTE_ARRAY; else 0
 * @param prepared from Connect's value to Boolean, Integer, Long, Float, Double or Binary
 */
record PrimitiveColumn(
        PrimitiveTypeName physical,
        @Nullable LogicalTypeAnnotation logical,
        int length,
        Function<Object, Object> prepared)
        implements ColumnType {

    static PrimitiveColumn of(
            PrimitiveTypeName physical, @Nullable LogicalTypeAnnotation logical, Function<Object, Object> prepared) {
        return new PrimitiveColumn(physical, logical, 0, prepared);
    }

    @Override
    public PrimitiveType parquet(String name, Type.Repetition repetition) {
        Types.PrimitiveBuilder<PrimitiveType> type = Types.primitive(physical, repetition);
        if (length > 0) {
            type = type.length(length);
        }
        if (logical != null) {
            type = type.as(logical);
        }
        return type.named(name);
    }

    @Override
    public Object prepare(Object value) {
        return prepared.apply(value);
    }

    @Override
    public void write(RecordConsumer out, Object value) {
        switch (physical) {
            case BOOLEAN -> out.addBoolean((Boolean) value);
            case INT32 -> out.addInteger((Integer) value);
            case INT64 -> out.addLong((Long) value);
            case FLOAT -> out.addFloat((Float) value);
            case DOUBLE -> out.addDouble((Double) value);
            case BINARY, FIXED_LEN_BYTE_ARRAY -> out.addBinary((Binary) value);
            default -> throw new IllegalStateException("No column is stored as " + physical + ".");
        }
    }
}
