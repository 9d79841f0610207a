package io.millrace.connectors.logs.tail;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file that is read, whatever it is called by now, until it is gone or begins anew: its bytes become lines, its lines events, and its
 * place is kept. Where the bytes come from is {@link FollowedFile}'s. One thread.
 */
final class Tail implements Closeable {
    /** A file that was renamed or removed and did not grow for this long has its last line taken without an end. */
    static final Duration QUIET = Duration.ofSeconds(5);
    /** The same for a file that kept its name and has a newer one beside it. */
    static final Duration REPLACED_QUIET = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);

    private final FileId id;
    private final String key;
    private final long order;
    private final LineRules rules;
    private final long from;
    private final FollowedFile file;
    private final LineSplitter splitter;
    private final LineJoiner joiner;
    private final Deque<Checkpoint> checkpoints = new ArrayDeque<>();
    private String head;
    private Checkpoint done;
    private int donePart;
    private boolean present = true;
    private boolean replaced;
    private boolean draining;
    private boolean brokeLine;
    private boolean caughtUp;
    private long grewAt;
    private @Nullable String text;

    private Tail(FoundFile found, Content content, FileState state, LineRules rules, long now) {
        this.id = found.id();
        this.key = state.key();
        this.order = state.order();
        this.head = state.head();
        this.rules = rules;
        this.from = state.from();
        this.done = new Checkpoint(state.offset(), state.hash());
        this.donePart = state.part();
        this.checkpoints.addAll(state.checkpoints());
        this.file = new FollowedFile(found, content, done);
        this.splitter = new LineSplitter(file.window(), rules.maxLineBytes(), rules.longLines(), donePart);
        this.joiner = new LineJoiner(rules);
        this.grewAt = now;
    }

    /** From the beginning, or from {@code offset}. */
    static Tail begin(FoundFile found, Content content, long order, long offset, LineRules rules, long now)
            throws IOException {
        String path = found.path().toString();
        FileState state =
                new FileState(order, offset, "", 0, offset, ContentHash.START, 0, List.of(), false, path, path);
        return resume(found, content, state, rules, now);
    }

    /** Where a state ended; the caller has found that the content is the state's. */
    static Tail resume(FoundFile found, Content content, FileState state, LineRules rules, long now)
            throws IOException {
        Tail tail = new Tail(found, content, state, rules, now);
        try {
            tail.file.readHeader();
        } catch (IOException e) {
            tail.close();
            throw e;
        }
        return tail;
    }

    /** Whether the file's first bytes are those of which the state tells. */
    boolean beginsAs(FileState state) {
        return file.header().isOf(state);
    }

    /** Whether a found file with this one's device and inode is this one: not another one that got the inode after it. */
    boolean is(FoundFile other) throws IOException {
        return file.is(other);
    }

    FileId id() {
        return id;
    }

    long order() {
        return order;
    }

    String key() {
        return key;
    }

    Path path() {
        return file.found().path();
    }

    FoundFile found() {
        return file.found();
    }

    long offset() {
        return done.offset();
    }

    /** The file's first bytes, as far as they were seen. */
    byte[] header() {
        return file.header().bytes();
    }

    /** {@link #header()}; where nothing is read yet, looked at without being read. */
    byte[] firstBytes() throws IOException {
        return file.firstBytes();
    }

    /** Whether its handle is open. */
    boolean isOpen() {
        return file.content() != null;
    }

    /** For a comparison with it; null while it is closed. */
    @Nullable
    Content content() {
        return file.content();
    }

    boolean isTruncated() {
        return file.isTruncated();
    }

    /** Whether all that was there at the last call of {@link #next} is in events, but for an unfinished line. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    /** False only if {@link #next} has nothing for sure: spares the work around it. */
    boolean mayHaveMore() {
        if (!caughtUp || draining || file.isTruncated()) {
            return true;
        }
        return isOpen() && (file.window().size() > 0 || joiner.isWaiting() || file.mayHaveMore());
    }

    boolean isPresent() {
        return present;
    }

    boolean isQuietFor(Duration time, long now) {
        return now - grewAt >= time.toMillis();
    }

    /** Whether it was read, and nothing is in events yet. */
    boolean isOnlyPending() {
        return done.offset() == 0 && file.window().readTo() > 0;
    }

    /** Whether a file that holds the same is longer. Asks for the size now, for this one may have grown since the other was found. */
    boolean isOutgrownBy(FoundFile other) throws IOException {
        return file.isOutgrownBy(other);
    }

    /** The largest size of a plain file that was seen. */
    long seenSize() {
        return file.seenSize();
    }

    /** Bytes of a plain file that were seen and are not read. */
    long unread() {
        return file.unread();
    }

    /** A look found it, perhaps under another name. */
    void seen(FoundFile now, boolean hasNewer) {
        if (!now.path().equals(path())) {
            LOG.info("a log file was renamed; it is read on (file={}, renamedTo={})", path(), now.path());
            text = null;
        }
        present = true;
        replaced = hasNewer;
        file.seen(now, done.offset());
    }

    /** Whether a younger file of the log was written to after this one. */
    boolean isReplacedBy(Tail younger) {
        return order < younger.order
                && found().modifiedNanos() < younger.found().modifiedNanos();
    }

    /** A look did not find it. */
    void missing() {
        present = false;
    }

    /** From now on only what is read already becomes events. */
    void drain() {
        draining = true;
        caughtUp = false;
    }

    boolean isDrained() {
        return draining && caughtUp;
    }

    /** Whether {@link #drain} made a line of what had no end yet. */
    boolean brokeLine() {
        return brokeLine;
    }

    /** The next event; null when there is none now. */
    @Nullable
    LogEvent next(long now) {
        caughtUp = false;
        while (true) {
            Line line = joiner.takeBack();
            line = line == null ? splitter.next() : line;
            if (line == null) {
                FollowedFile.Fill fill = draining ? FollowedFile.Fill.NOTHING : file.fill(done.offset());
                if (fill == FollowedFile.Fill.SOME) {
                    grewAt = now;
                    continue;
                }
                if (fill == FollowedFile.Fill.LATER) {
                    return null;
                }
                line = isRestTaken(now) ? splitter.rest() : null;
                brokeLine |= draining && line != null;
                if (line == null) {
                    caughtUp = true;
                    return joinedEvent(now);
                }
            }
            Line complete = joiner.add(line);
            LogEvent event = complete == null ? null : out(complete);
            if (event != null) {
                return event;
            }
        }
    }

    private @Nullable LogEvent joinedEvent(long now) {
        Multiline multiline = rules.multiline().orElse(null);
        if (multiline == null || !joiner.isWaiting()) {
            return null;
        }
        boolean over = draining || file.isEnded();
        Line event = over || isQuietFor(multiline.timeout(), now) ? joiner.takeWaiting() : null;
        if (event == null) {
            return null;
        }
        caughtUp = false;
        return out(event);
    }

    private boolean isRestTaken(long now) {
        if (draining || file.isEnded()) {
            return true;
        }
        boolean renamed = !key.equals(path().toString());
        return (renamed || !present) && isQuietFor(QUIET, now)
                || replaced && isQuietFor(REPLACED_QUIET, now)
                || rules.partialLineTimeout()
                        .filter(timeout -> isQuietFor(timeout, now))
                        .isPresent();
    }

    private @Nullable LogEvent out(Line line) {
        keepPlace();
        done = line.end();
        donePart = line.last() ? 0 : line.part();
        text = null;
        if (head.isEmpty()) {
            head = ContentHash.text(file.header().hashOfFirstLine());
        }
        if (line.cut() > 0) {
            LOG.warn(
                    "a line above the limit was {} (file={}, offset={}, bytesLeftOut={}, limit={})",
                    line.bytes() == null ? "skipped" : "truncated",
                    path(),
                    line.offset(),
                    line.cut(),
                    rules.maxLineBytes());
        }
        byte[] bytes = line.bytes();
        if (bytes == null) {
            return null;
        }
        return new LogEvent(
                key, path().toString(), id + ":" + head, line.offset(), bytes, line.part(), line.last(), line.cut());
    }

    /** A shorter, older copy of the file must be known as such, so places are kept at doubling distances. */
    private void keepPlace() {
        Checkpoint last = checkpoints.peekLast();
        long read = done.offset() - from;
        if (read > 0 && (last == null || read >= 2 * (last.offset() - from))) {
            checkpoints.addLast(done);
        }
    }

    FileState state() {
        return new FileState(
                order,
                done.offset(),
                head,
                donePart,
                from,
                done.hash(),
                file.header().hash(done.offset()),
                List.copyOf(checkpoints),
                false,
                key,
                path().toString());
    }

    /** {@link #state()} as text. */
    String stateText() {
        String current = text;
        if (current == null) {
            current = state().text();
            text = current;
        }
        return current;
    }

    /** Gives the handle back; it is opened again when a look finds the file changed. */
    void closeContent() {
        file.close();
    }

    @Override
    public void close() {
        file.close();
    }
}
