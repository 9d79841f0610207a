package io.millrace.broker.soak;

/**
 * The input, numbered from 1, and what the topology must make of it. Each value is its number, so that every output tells which inputs are in
 * it: sums that grow one input at a time give the input away by their difference.
 *
 * @param start the time of the first event
 * @param seed decides about the keys
 */
record Events(long start, long seed) {
    static final int KEYS = 200;
    static final int GROUPS = 50;
    static final long WINDOW_MILLIS = 30_000;
    static final long RATE_LIMIT = 1_000;

    private static final long LATE_MILLIS = 7_000;

    String key(long number) {
        return "key-" + pick(number, KEYS);
    }

    /** Every eleventh event comes late, and into a window that is still open. */
    long timestamp(long number) {
        long inTime = start + number * 2;
        return number % 11 == 0 ? inTime - LATE_MILLIS : inTime;
    }

    String window(long number) {
        long timestamp = timestamp(number);
        return windowName(key(number), timestamp - timestamp % WINDOW_MILLIS);
    }

    static String windowName(String key, long windowStart) {
        return key + "@" + windowStart;
    }

    static boolean passes(long number) {
        return number % 3 != 0;
    }

    static String group(long number) {
        return "group-" + number % GROUPS;
    }

    static String keyNamed(int key) {
        return "key-" + key;
    }

    static long rate(String key) {
        return (key.hashCode() & 0x7fffffff) % RATE_LIMIT;
    }

    static long joined(long number, long rate) {
        return number * RATE_LIMIT + rate;
    }

    private int pick(long number, int limit) {
        long mixed = (number + seed) * 0x9E3779B97F4A7C15L;
        return (int) Long.remainderUnsigned(mixed ^ mixed >>> 29, limit);
    }
}
