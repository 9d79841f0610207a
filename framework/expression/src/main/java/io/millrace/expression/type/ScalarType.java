package io.millrace.expression.type;

/** The types without parameters. */
public enum ScalarType implements DataType {
    STRING("string"),
    BOOL("bool"),
    INT32("int32"),
    INT64("int64"),
    FLOAT("float"),
    DOUBLE("double"),
    DATE("date"),
    TIMESTAMP("timestamp"),
    BYTES("bytes"),
    /** A length of time, inside of an expression only: no record can hold one. */
    DURATION("duration"),
    /** Known only when a record is there. */
    UNKNOWN("unknown");

    private final String text;

    ScalarType(String text) {
        this.text = text;
    }

    @Override
    public String text() {
        return text;
    }
}
