package io.millrace.expression.type;

/** A map from strings to values of one type. */
public record MapType(DataType value) implements DataType {
    @Override
    public String text() {
        return "map<" + value.text() + ">";
    }
}
