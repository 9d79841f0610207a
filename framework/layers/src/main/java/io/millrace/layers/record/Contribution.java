package io.millrace.layers.record;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What one row adds to its group.
 *
 * @param group the group's key, canonical JSON
 * @param groupRow the group's fields as Connect JSON
 * @param arguments one per aggregate, in order; null where the row has no value for it
 */
public record Contribution(Bytes group, byte[] groupRow, List<@Nullable Argument> arguments) {

    /** What an argument was, which its number does not show. */
    public enum Form {
        INTEGER,
        DECIMAL,
        DOUBLE,
        /** Its value is its text. */
        TEXT,
        /** Microseconds since the epoch. */
        TIMESTAMP,
        /** Days since the epoch. */
        DATE,
        /** 0 or 1. */
        BOOL
    }

    /**
     * An argument, exact: of a double, all its binary digits. Arguments of one aggregate have one type, and are ordered as expressions order
     * them.
     *
     * @param form what it was
     * @param text of a text; empty for others
     */
    public record Argument(Form form, BigDecimal value, String text) implements Comparable<Argument> {
        public Argument(Form form, BigDecimal value) {
            this(form, value, "");
        }

        public static Argument text(String text) {
            return new Argument(Form.TEXT, BigDecimal.ZERO, text);
        }

        @Override
        public int compareTo(Argument other) {
            return form == Form.TEXT ? text.compareTo(other.text) : value.compareTo(other.value);
        }
    }

    @SuppressWarnings("NullAway") // null elements are part of it: List.copyOf refuses them
    public Contribution {
        arguments = Collections.unmodifiableList(Arrays.asList(arguments.toArray(new Argument[0])));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Contribution that
                && group.equals(that.group)
                && Arrays.equals(groupRow, that.groupRow)
                && arguments.equals(that.arguments);
    }

    @Override
    public int hashCode() {
        return 31 * group.hashCode() + arguments.hashCode();
    }

    @Override
    public String toString() {
        return "Contribution[" + arguments.size() + " arguments]";
    }
}
