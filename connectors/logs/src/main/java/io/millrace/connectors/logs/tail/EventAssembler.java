package io.millrace.connectors.logs.tail;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Joins lines to events. The caller takes the event when it is complete, and before it adds a line that it refuses. */
final class EventAssembler {
    private final Multiline rules;
    private final int limit;
    private final ByteArrayOutputStream joined = new ByteArrayOutputStream();
    private @Nullable Line first;
    private @Nullable Line last;
    private int lines;
    private boolean complete;

    EventAssembler(Multiline rules, int limit) {
        this.rules = rules;
        this.limit = limit;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Whether the event must be taken before this line can be added. */
    boolean refuses(Line line, byte[] bytes) {
        if (first == null) {
            return false;
        }
        boolean full = lines >= rules.maxLines() || joined.size() + 1L + bytes.length > limit;
        // A part of a split line is an event of its own.
        return full || line.part() > 0 || rules.after() && !rules.continues(text(bytes));
    }

    void add(Line line, byte[] bytes) {
        if (first == null) {
            first = line;
        } else {
            joined.write('\n');
        }
        joined.writeBytes(bytes);
        last = line;
        lines++;
        complete = line.part() > 0 || !rules.after() && !rules.continues(text(bytes));
    }

    boolean isComplete() {
        return complete;
    }

    /** The event so far as one line; null for none. */
    @Nullable
    Line take() {
        Line from = first;
        Line to = last;
        if (from == null || to == null) {
            return null;
        }
        Line event = new Line(from.offset(), joined.toByteArray(), to.end(), from.part(), to.last(), to.cut());
        first = null;
        last = null;
        lines = 0;
        complete = false;
        joined.reset();
        return event;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
