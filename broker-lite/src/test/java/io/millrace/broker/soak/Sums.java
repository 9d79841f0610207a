package io.millrace.broker.soak;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;

/** Running sums by key, each update of which must add exactly one event of that key that is in no other. */
final class Sums {
    private final Seen seen;
    private final LongFunction<String> keyOf;
    private final Map<String, Long> last = new HashMap<>();

    Sums(String what, LongFunction<String> keyOf) {
        this.seen = new Seen(what);
        this.keyOf = keyOf;
    }

    void accept(String key, long sum) {
        long number = sum - last.getOrDefault(key, 0L);
        if (number < 1 || number > Integer.MAX_VALUE || !keyOf.apply(number).equals(key)) {
            throw new AssertionError(
                    seen + ": sum " + sum + " of " + key + " after " + last.get(key) + " is not one event more");
        }
        seen.add(number);
        last.put(key, sum);
    }

    Seen seen() {
        return seen;
    }

    Map<String, Long> last() {
        return last;
    }
}
