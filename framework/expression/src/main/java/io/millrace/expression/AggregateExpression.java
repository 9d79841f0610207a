package io.millrace.expression;

import io.millrace.expression.type.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An aggregate call such as {@code sum(value.revenue)}. As in SQL, all but {@code count()} pass over nulls, and give null where they find
 * nothing else; the counts give 0.
 *
 * @param text as the user wrote it
 * @param function which aggregate
 * @param argument what is aggregated; empty for {@code count()}
 * @param type of the result: int64 of the counts; of sum int64 of ints, double of floats and doubles, decimal(38, scale) of decimals; of
 *     avg double of floats and doubles, and of ints and decimals what a division gives, decimal(38, at least 6 digits); of the others the
 *     argument's
 */
public record AggregateExpression(String text, Function function, Optional<Expression> argument, DataType type) {

    /** The aggregates. */
    public enum Function {
        COUNT("count"),
        SUM("sum"),
        AVG("avg"),
        MIN("min"),
        MAX("max"),
        /** The earliest value, of events only. */
        FIRST("first"),
        /** The latest value, of events only. */
        LAST("last"),
        /** How many different values there are. */
        COUNT_DISTINCT("count_distinct");

        private final String word;

        Function(String word) {
            this.word = word;
        }

        /** As the user writes it. */
        public String word() {
            return word;
        }

        /** Whether the order of the records decides, which the rows of a table do not have. */
        public boolean isOrdered() {
            return this == FIRST || this == LAST;
        }

        /** Whether values are kept, not only added up. */
        public boolean keepsValues() {
            return this != COUNT && this != SUM && this != AVG;
        }

        static Optional<Function> of(String word) {
            return Arrays.stream(values())
                    .filter(function -> function.word.equals(word))
                    .findFirst();
        }

        static List<String> words() {
            return Arrays.stream(values()).map(Function::word).sorted().toList();
        }
    }
}
