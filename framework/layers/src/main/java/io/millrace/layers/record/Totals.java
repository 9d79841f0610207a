package io.millrace.layers.record;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A group's exact state: adding a contribution and taking it away again leaves what was, in every digit. Immutable.
 *
 * @param groupRow the group's fields as Connect JSON
 * @param rows how many rows the group has
 * @param sums one per aggregate, in order
 */
public record Totals(byte[] groupRow, long rows, List<Sum> sums) {

    /**
     * The sum of the rows that have a value.
     *
     * @param count of these rows
     * @param value exact
     * @param scales how many of them came with which scale ({@link #DOUBLE} for doubles): what the result is where no type is declared
     * @param picks of min, max, first and last the one that it is; of count_distinct all, each once, sorted; see {@link Gathering}
     */
    public record Sum(long count, BigDecimal value, NavigableMap<Integer, Long> scales, List<Pick> picks) {
        /** Stands for a double among the scales. */
        public static final int DOUBLE = Integer.MAX_VALUE;

        static final Sum EMPTY = new Sum(0, BigDecimal.ZERO, new TreeMap<>(), List.of());

        public Sum {
            picks = List.copyOf(picks);
        }

        Sum plus(Contribution.Argument argument, int sign) {
            int scale = argument.form() == Contribution.Form.DOUBLE
                    ? DOUBLE
                    : Math.max(0, argument.value().scale());
            NavigableMap<Integer, Long> next = new TreeMap<>(scales);
            next.merge(scale, (long) sign, Long::sum);
            next.values().removeIf(left -> left == 0);
            BigDecimal sum = sign > 0 ? value.add(argument.value()) : value.subtract(argument.value());
            // Invariant: the digits depend on what is in the group, not on what once was.
            return new Sum(count + sign, sum.signum() == 0 ? BigDecimal.ZERO : sum.stripTrailingZeros(), next, picks);
        }
    }

    /**
     * A value that is kept as it is.
     *
     * @param moment of first and last, which it decides; of others {@link Moment#NONE}
     */
    public record Pick(Contribution.Argument value, Moment moment) {}

    public Totals {
        sums = List.copyOf(sums);
    }

    /** The group with one row more. */
    public static Totals plus(@Nullable Totals totals, Contribution row) {
        return next(totals, row, 1);
    }

    /** The group with one row less; null where none is left. */
    public static @Nullable Totals minus(@Nullable Totals totals, Contribution row) {
        Totals next = next(totals, row, -1);
        return next.rows() == 0 ? null : next;
    }

    private static Totals next(@Nullable Totals totals, Contribution row, int sign) {
        List<Sum> sums = new ArrayList<>();
        for (int i = 0; i < row.arguments().size(); i++) {
            Sum sum = totals == null ? Sum.EMPTY : totals.sums().get(i);
            Contribution.Argument argument = row.arguments().get(i);
            sums.add(argument == null ? sum : sum.plus(argument, sign));
        }
        return new Totals(row.groupRow(), (totals == null ? 0 : totals.rows()) + sign, sums);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Totals that
                && rows == that.rows
                && Arrays.equals(groupRow, that.groupRow)
                && sums.equals(that.sums);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(rows) + 31 * sums.hashCode();
    }

    @Override
    public String toString() {
        return "Totals[rows=" + rows + "]";
    }
}
