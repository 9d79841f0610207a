package io.millrace.expression.type;

/** A list of values of one type. */
public record ListType(DataType element) implements DataType {
    @Override
    public String text() {
        return "list<" + element.text() + ">";
    }
}
