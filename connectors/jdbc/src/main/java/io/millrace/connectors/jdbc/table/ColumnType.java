package io.millrace.connectors.jdbc.table;

/**
 * The type of a column or of a field.
 *
 * @param size DECIMAL: all digits; TEXT: characters; BYTES: bytes; 0 for no limit, and for all other kinds
 * @param scale DECIMAL: digits after the point; -1 where values keep their own scale; 0 for all other kinds
 */
public record ColumnType(Kind kind, int size, int scale) {

    public static ColumnType of(Kind kind) {
        return new ColumnType(kind, 0, 0);
    }

    /** Whether every value of the other type fits, so that a column of that type can become one of this. */
    public boolean holdsAll(ColumnType other) {
        if (kind != other.kind) {
            return (kind.integer() && other.kind.integer() && kind.compareTo(other.kind) > 0)
                    || (kind == Kind.FLOAT64 && other.kind == Kind.FLOAT32);
        }
        return switch (kind) {
            case DECIMAL -> holdsDecimal(other);
            case TEXT, BYTES -> size == 0 || (other.size != 0 && size >= other.size);
            default -> true;
        };
    }

    private boolean holdsDecimal(ColumnType other) {
        boolean fraction = scale < 0 || (other.scale >= 0 && scale >= other.scale);
        boolean whole = size == 0 || (other.size != 0 && size - scale >= other.size - other.scale);
        return fraction && whole;
    }

    @Override
    public String toString() {
        if (kind == Kind.DECIMAL && size > 0) {
            return "decimal(" + size + "," + scale + ")";
        }
        return size > 0 ? kind + "(" + size + ")" : kind.toString();
    }
}
