package io.millrace.expression.type;

/**
 * A type of the pipeline language. {@link #text()} is how a user writes it.
 *
 * <p>Values at run time, in expressions: string String; bool Boolean; int32 and int64 Long; float and double Double (a float32 read from
 * a record is a {@link Float}, so that a cast to decimal can take the shortest decimal that reads back the same); decimal BigDecimal;
 * date LocalDate; timestamp Instant (microseconds); bytes ByteBuffer (read only); list List; map Map; row Struct (or Map, for keys); null
 * for null.
 */
public sealed interface DataType permits ScalarType, DecimalType, ListType, MapType, RowType {
    String text();
}
