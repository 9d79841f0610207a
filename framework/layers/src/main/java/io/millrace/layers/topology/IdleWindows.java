package io.millrace.layers.topology;

import io.millrace.layers.record.KeyMarks;
import io.millrace.layers.record.WindowState;
import io.millrace.pipeline.step.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/** What the clock of the machine does to windows whose group is silent, so that event time stands still. */
final class IdleWindows {
    static final Duration FORGET_EVERY = Duration.ofHours(1);

    private static final Duration LEAST_KEPT = Duration.ofDays(1);
    private static final Duration OFTEN = Duration.ofSeconds(1);
    private static final Duration SELDOM = Duration.ofMinutes(1);

    private final Window window;
    private final WindowTimes times;

    IdleWindows(Window window, WindowTimes times) {
        this.window = window;
        this.times = times;
    }

    /** How often to look for windows to write: all open windows are read for it. */
    Duration interval() {
        Duration part = window.idle().dividedBy(4);
        return part.compareTo(OFTEN) < 0 ? OFTEN : part.compareTo(SELDOM) > 0 ? SELDOM : part;
    }

    /** Writes the windows none of whose records came for long. They stay open: more records make them be written again. */
    void write(WindowStores stores, long now, BiConsumer<Bytes, WindowState> writer) {
        long before = now - window.idle().toMillis();
        List<KeyValue<Bytes, WindowState>> idle = new ArrayList<>();
        try (KeyValueIterator<Bytes, WindowState> windows = stores.windows().all()) {
            while (windows.hasNext()) {
                KeyValue<Bytes, WindowState> next = windows.next();
                if (next.value.dirty() && next.value.touched() <= before) {
                    idle.add(next);
                }
            }
        }
        for (KeyValue<Bytes, WindowState> found : idle) {
            stores.windows().put(found.key, found.value.asWritten());
            writer.accept(WindowStores.group(found.key), found.value);
        }
    }

    /** Lets go of the windows of groups that were silent longer than windows are kept; of such a group only its marks stay. */
    void forget(WindowStores stores, long now, BiConsumer<Bytes, WindowState> writer) {
        Duration kept = window.keep().compareTo(LEAST_KEPT) < 0 ? LEAST_KEPT : window.keep();
        long before = now - kept.toMillis();
        List<KeyValue<Bytes, KeyMarks>> silent = new ArrayList<>();
        try (KeyValueIterator<Bytes, KeyMarks> marks = stores.marks().all()) {
            while (marks.hasNext()) {
                KeyValue<Bytes, KeyMarks> next = marks.next();
                if (next.value.oldestClose() != KeyMarks.NO_WINDOW && next.value.touched() <= before) {
                    silent.add(next);
                }
            }
        }
        for (KeyValue<Bytes, KeyMarks> group : silent) {
            stores.marks().put(group.key, forget(stores, group.key, group.value, writer));
        }
    }

    private KeyMarks forget(WindowStores stores, Bytes group, KeyMarks marks, BiConsumer<Bytes, WindowState> writer) {
        List<WindowState> left = new ArrayList<>();
        try (KeyValueIterator<Bytes, WindowState> windows = stores.range(group, Long.MIN_VALUE, Long.MAX_VALUE)) {
            windows.forEachRemaining(next -> left.add(next.value));
        }
        long floor = marks.floor();
        for (WindowState gone : left) {
            stores.windows().delete(WindowStores.key(group, gone.start()));
            floor = Math.max(floor, times.closesAt(gone.end()));
            if (gone.dirty()) {
                writer.accept(group, gone);
            }
        }
        // Invariant: a window that was let go is closed; it would begin anew, and its row would lose what it had.
        return marks.risen(floor, KeyMarks.NO_WINDOW);
    }
}
