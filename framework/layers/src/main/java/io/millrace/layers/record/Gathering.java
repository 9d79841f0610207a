package io.millrace.layers.record;

import io.millrace.expression.AggregateExpression.Function;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Contribution.Argument;
import io.millrace.layers.record.Totals.Pick;
import io.millrace.layers.record.Totals.Sum;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds events to a group, and groups to each other; nothing is taken away again. What comes out depends on which events a group has, never
 * on the order they came in.
 */
public final class Gathering {
    /** Different values that one count_distinct keeps: its set is read and written with each event. */
    static final int MOST_VALUES = 10_000;

    /** UTF-16 units of all texts of a group: they must have a place in one record of an internal topic. */
    static final long MOST_TEXT = 4 << 20;

    private static final Comparator<Pick> BY_VALUE = Comparator.comparing(Pick::value);

    private final List<Function> functions;

    /**
     * @param functions of the aggregates, in order
     */
    public Gathering(List<Function> functions) {
        this.functions = List.copyOf(functions);
    }

    /**
     * The group with one event more.
     *
     * @throws EvaluationException code {@code layers.distinct-limit} when the group would keep too many values, or too much text
     */
    public Totals plus(@Nullable Totals group, Contribution event, Moment moment) {
        List<Sum> sums = new ArrayList<>();
        for (int i = 0; i < functions.size(); i++) {
            Sum sum = group == null ? Sum.EMPTY : group.sums().get(i);
            Argument argument = event.arguments().get(i);
            sums.add(argument == null ? sum : plus(functions.get(i), sum, argument, moment));
        }
        return checked(new Totals(event.groupRow(), (group == null ? 0 : group.rows()) + 1, sums));
    }

    /**
     * Two groups as one.
     *
     * @throws EvaluationException as {@link #plus}
     */
    public Totals merge(Totals one, Totals other) {
        List<Sum> sums = new ArrayList<>();
        for (int i = 0; i < functions.size(); i++) {
            sums.add(merge(functions.get(i), one.sums().get(i), other.sums().get(i)));
        }
        return checked(new Totals(one.groupRow(), one.rows() + other.rows(), sums));
    }

    private static Totals checked(Totals totals) {
        long text = 0;
        for (Sum sum : totals.sums()) {
            if (sum.picks().size() > MOST_VALUES) {
                throw new EvaluationException(
                        "layers.distinct-limit",
                        "count_distinct of the group would keep more than " + MOST_VALUES + " different values");
            }
            for (Pick pick : sum.picks()) {
                text += pick.value().text().length();
            }
        }
        if (text > MOST_TEXT) {
            throw new EvaluationException(
                    "layers.distinct-limit", "the group would keep texts of more than " + MOST_TEXT + " characters");
        }
        return totals;
    }

    private static Sum plus(Function function, Sum sum, Argument argument, Moment moment) {
        if (!function.keepsValues()) {
            return sum.plus(argument, 1);
        }
        Pick pick = new Pick(argument, function.isOrdered() ? moment : Moment.NONE);
        return kept(function, sum.count() + 1, picks(function, sum.picks(), List.of(pick)));
    }

    private static Sum merge(Function function, Sum one, Sum other) {
        if (function.keepsValues()) {
            return kept(function, one.count() + other.count(), picks(function, one.picks(), other.picks()));
        }
        NavigableMap<Integer, Long> scales = new TreeMap<>(one.scales());
        other.scales().forEach((scale, count) -> scales.merge(scale, count, Long::sum));
        BigDecimal value = one.value().add(other.value());
        return new Sum(
                one.count() + other.count(),
                value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros(),
                scales,
                List.of());
    }

    private static Sum kept(Function function, long count, List<Pick> picks) {
        BigDecimal value = function == Function.COUNT_DISTINCT ? BigDecimal.valueOf(picks.size()) : BigDecimal.ZERO;
        return new Sum(count, value, new TreeMap<>(), picks);
    }

    private static List<Pick> picks(Function function, List<Pick> some, List<Pick> others) {
        if (function == Function.COUNT_DISTINCT) {
            return union(some, others);
        }
        List<Pick> all = new ArrayList<>(some);
        all.addAll(others);
        Comparator<Pick> order =
                switch (function) {
                    case MIN -> BY_VALUE;
                    case MAX -> BY_VALUE.reversed();
                    case FIRST -> Comparator.comparing(Pick::moment).thenComparing(BY_VALUE);
                    case LAST ->
                        Comparator.comparing(Pick::moment)
                                .thenComparing(BY_VALUE)
                                .reversed();
                    case COUNT, SUM, AVG, COUNT_DISTINCT -> throw new IllegalArgumentException(function.word());
                };
        all.sort(order);
        return all.isEmpty() ? all : all.subList(0, 1);
    }

    /** Of two sorted lists. */
    private static List<Pick> union(List<Pick> one, List<Pick> other) {
        List<Pick> union = new ArrayList<>(one.size() + other.size());
        int i = 0;
        int j = 0;
        while (i < one.size() || j < other.size()) {
            int order = i == one.size() ? 1 : j == other.size() ? -1 : BY_VALUE.compare(one.get(i), other.get(j));
            union.add(order <= 0 ? one.get(i) : other.get(j));
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return union;
    }
}
