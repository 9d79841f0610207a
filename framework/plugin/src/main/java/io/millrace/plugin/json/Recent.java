package io.millrace.plugin.json;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries that were needed last, few enough to be looked through for each record. Thread-safe without a lock: when two threads add at the
 * same time, one entry may be lost, and is found in the larger cache again.
 */
final class Recent<T> {
    private static final int MOST = 8;

    private volatile Object[] entries = new Object[0];

    @SuppressWarnings("unchecked") // only add() puts something in
    @Nullable
    T find(Predicate<T> wanted) {
        for (Object entry : entries) {
            if (wanted.test((T) entry)) {
                return (T) entry;
            }
        }
        return null;
    }

    void add(T entry) {
        Object[] old = entries;
        Object[] added = new Object[Math.min(old.length + 1, MOST)];
        System.arraycopy(old, 0, added, 1, added.length - 1);
        added[0] = entry;
        entries = added;
    }
}
