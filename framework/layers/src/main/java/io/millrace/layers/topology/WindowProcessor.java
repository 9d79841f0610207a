package io.millrace.layers.topology;

import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Gathering;
import io.millrace.layers.record.KeyMarks;
import io.millrace.layers.record.TimedEvent;
import io.millrace.layers.record.Totals;
import io.millrace.layers.record.WindowState;
import io.millrace.layers.step.Outcome;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Window;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * Puts the events of a group into its windows. Time is event time, and each group has its own: whether a record is late is decided by
 * records of its group that come from the same partition of a raw topic, and by {@link WindowTimes#floor}; never by other groups.
 *
 * <p>Invariants: a record changes all of its windows that are open, or none; a window that was let go is closed to every record, so that it
 * never begins anew; the clock of the machine decides when an idle window is written and when its state is let go, never what is in it.
 */
final class WindowProcessor implements Processor<Bytes, TimedEvent, Bytes, Emission<WindowTotals>> {

    /** A window as it will be, and those that it takes in. */
    private record Change(WindowState next, List<WindowState> merged) {}

    private final Aggregate aggregate;
    private final String step;
    private final WindowTimes times;
    private final IdleWindows idle;
    private final Gathering gathering;
    private final DeadLetters deadLetters;
    private final LateRecords late;
    private final StreamCounters counters;
    private final Reentry reentry;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private ProcessorContext<Bytes, Emission<WindowTotals>> context;

    @SuppressWarnings("NullAway.Init") // as above
    private WindowStores stores;

    /**
     * @param step {@code <stream>.<step>}
     * @param reentry of events that cannot be added
     */
    WindowProcessor(
            Aggregate aggregate, String step, DeadLetters deadLetters, StreamCounters counters, Reentry reentry) {
        this.aggregate = aggregate;
        this.step = step;
        this.times = new WindowTimes(aggregate.window().orElseThrow());
        this.idle = new IdleWindows(aggregate.window().orElseThrow(), times);
        this.gathering = RunningProcessor.gathering(aggregate);
        this.deadLetters = deadLetters;
        this.late = new LateRecords(times, counters);
        this.counters = counters;
        this.reentry = reentry;
    }

    @Override
    public void init(ProcessorContext<Bytes, Emission<WindowTotals>> processorContext) {
        context = processorContext;
        stores = WindowStores.of(processorContext, step);
        if (times.isFinal()) {
            context.schedule(
                    idle.interval(),
                    PunctuationType.WALL_CLOCK_TIME,
                    now -> idle.write(stores, now, (group, window) -> write(group, window, new RecordHeaders())));
        }
        context.schedule(
                IdleWindows.FORGET_EVERY,
                PunctuationType.WALL_CLOCK_TIME,
                now -> idle.forget(stores, now, (group, window) -> write(group, window, new RecordHeaders())));
    }

    @Override
    public void process(Record<Bytes, TimedEvent> entered) {
        Bytes group = entered.key();
        TimedEvent event = entered.value();
        String partition = event.moment().partition();
        KeyMarks marks = stores.marksOf(group);
        long horizon = marks.horizon(partition);
        List<WindowTimes.Span> open = new ArrayList<>();
        List<WindowTimes.Span> closed = new ArrayList<>();
        for (WindowTimes.Span span : times.spans(event.time())) {
            (times.closesAt(span.end()) <= horizon ? closed : open).add(span);
        }
        List<Change> changes = new ArrayList<>();
        try {
            for (WindowTimes.Span span : open) {
                changes.add(times.isSession() ? session(entered) : fixed(entered, span));
            }
        } catch (EvaluationException e) {
            fail(entered, e);
            return;
        }
        for (WindowTimes.Span span : closed) {
            context.forward(late.of(entered, span, horizon));
        }
        KeyMarks next = marks.with(partition, event.time(), context.currentSystemTimeMs());
        for (Change change : changes) {
            apply(group, change, entered.headers());
            next = next.withWindow(times.closesAt(change.next().end()));
        }
        stores.marks().put(group, close(group, next, entered.headers()));
    }

    private Change fixed(Record<Bytes, TimedEvent> entered, WindowTimes.Span span) {
        WindowState before = stores.windows().get(WindowStores.key(entered.key(), span.start()));
        TimedEvent event = entered.value();
        Totals totals = gathering.plus(before == null ? null : before.totals(), event.contribution(), event.moment());
        long arrival = before == null ? entered.timestamp() : Math.max(before.arrival(), entered.timestamp());
        return new Change(
                new WindowState(
                        span.start(),
                        span.end(),
                        totals,
                        arrival,
                        context.currentSystemTimeMs(),
                        before != null && before.written(),
                        true),
                List.of());
    }

    private Change session(Record<Bytes, TimedEvent> entered) {
        TimedEvent event = entered.value();
        long start = event.time();
        long end = event.time();
        long arrival = entered.timestamp();
        boolean written = false;
        Totals totals = gathering.plus(null, event.contribution(), event.moment());
        List<WindowState> merged = new ArrayList<>();
        for (WindowState near : near(entered.key(), event.time())) {
            totals = gathering.merge(totals, near.totals());
            start = Math.min(start, near.start());
            end = Math.max(end, near.end());
            arrival = Math.max(arrival, near.arrival());
            merged.add(near);
        }
        for (WindowState near : List.copyOf(merged)) {
            if (near.start() == start) {
                written = near.written();
                merged.remove(near);
            }
        }
        return new Change(
                new WindowState(start, end, totals, arrival, context.currentSystemTimeMs(), written, true), merged);
    }

    /** The sessions that a record at this time belongs to: not more than a gap from it. They are a gap from each other, and in order. */
    private List<WindowState> near(Bytes group, long time) {
        List<WindowState> near = new ArrayList<>();
        try (KeyValueIterator<Bytes, WindowState> sessions =
                stores.reverseRange(group, Long.MIN_VALUE, time + times.gap())) {
            while (sessions.hasNext()) {
                WindowState session = sessions.next().value;
                if (session.end() < time - times.gap()) {
                    break;
                }
                near.add(session);
            }
        }
        return near;
    }

    private void apply(Bytes group, Change change, Headers headers) {
        for (WindowState gone : change.merged()) {
            stores.windows().delete(WindowStores.key(group, gone.start()));
            if (gone.written()) {
                Emission<WindowTotals> deletion = new Emission.Change<>(null);
                context.forward(new Record<>(rowKey(group, gone.start()), deletion, gone.arrival(), headers));
            }
        }
        WindowState next = times.isFinal() ? change.next() : change.next().asWritten();
        stores.windows().put(WindowStores.key(group, next.start()), next);
        if (!times.isFinal()) {
            write(group, next, headers);
        }
    }

    /** Lets go of the windows that are closed to records from everywhere. */
    private KeyMarks close(Bytes group, KeyMarks marks, Headers headers) {
        long floor = Math.max(marks.floor(), times.floor(marks.newest()));
        if (marks.oldestClose() > floor) {
            return marks.risen(floor, marks.oldestClose());
        }
        long oldestLeft = KeyMarks.NO_WINDOW;
        List<WindowState> closed = new ArrayList<>();
        try (KeyValueIterator<Bytes, WindowState> windows = stores.range(group, Long.MIN_VALUE, Long.MAX_VALUE)) {
            // Invariant: the windows of a group close in the order of their starts.
            while (windows.hasNext() && oldestLeft == KeyMarks.NO_WINDOW) {
                WindowState window = windows.next().value;
                long closes = times.closesAt(window.end());
                if (closes <= floor) {
                    closed.add(window);
                } else {
                    oldestLeft = closes;
                }
            }
        }
        for (WindowState window : closed) {
            stores.windows().delete(WindowStores.key(group, window.start()));
            if (window.dirty()) {
                write(group, window, headers);
            }
        }
        return marks.risen(floor, oldestLeft);
    }

    private void write(Bytes group, WindowState window, Headers headers) {
        Emission<WindowTotals> emission =
                new Emission.Change<>(new WindowTotals(window.totals(), window.start(), window.end()));
        context.forward(new Record<>(rowKey(group, window.start()), emission, window.arrival(), headers));
    }

    /** The group's canonical key with the window's start as its last field. */
    static Bytes rowKey(Bytes group, long start) {
        String json = new String(group.get(), StandardCharsets.UTF_8);
        String separator = json.length() > 2 ? "," : "";
        return Bytes.wrap((json.substring(0, json.length() - 1) + separator + "\"" + Window.START + "\":" + start + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    /** The inverse of {@link #rowKey}: the group of a row, by its key. */
    static Bytes groupOf(Bytes rowKey) {
        String json = new String(rowKey.get(), StandardCharsets.UTF_8);
        int start = json.lastIndexOf("\"" + Window.START + "\":");
        if (start < 0) {
            return rowKey;
        }
        int end = json.charAt(start - 1) == ',' ? start - 1 : start;
        return Bytes.wrap((json.substring(0, end) + "}").getBytes(StandardCharsets.UTF_8));
    }

    private void fail(Record<Bytes, TimedEvent> entered, EvaluationException e) {
        counters.in().increment();
        String message = String.valueOf(e.getMessage());
        Outcome.Failed failed = new Outcome.Failed(aggregate.name(), aggregate.name(), e.code(), message, e);
        context.forward(deadLetters.of(entered, failed, reentry));
    }
}
