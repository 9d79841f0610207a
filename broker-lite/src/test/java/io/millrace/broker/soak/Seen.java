package io.millrace.broker.soak;

import java.util.BitSet;

/** The numbers of the events that are in an output. */
final class Seen {
    private final String what;
    private final BitSet numbers = new BitSet();
    private volatile int count;

    Seen(String what) {
        this.what = what;
    }

    void add(long number) {
        int index = Math.toIntExact(number);
        if (numbers.get(index)) {
            throw new AssertionError(what + ": event " + number + " is in it twice");
        }
        numbers.set(index);
        count++;
    }

    int count() {
        return count;
    }

    /** The first number up to {@code highest} that is missing though it should be here, or 0. */
    long missing(long highest, java.util.function.LongPredicate wanted) {
        for (long number = 1; number <= highest; number++) {
            if (wanted.test(number) && !numbers.get(Math.toIntExact(number))) {
                return number;
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return what;
    }
}
