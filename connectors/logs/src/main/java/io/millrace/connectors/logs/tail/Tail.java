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
 * One file that is read: by its open handle, whatever it is called by now, until it is gone or begins anew. One thread.
 *
 * <p>Invariant: no byte is in an event that was read after the file was cut: each read is followed by a look at the file's first bytes and
 * at its size, and is thrown away when they are not those of before.
 */
final class Tail implements Closeable {
    static final int CHUNK = 64 * 1024;
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
    private final Window window;
    private final LineSplitter splitter;
    private final LineJoiner joiner;
    private final FileHeader header = new FileHeader();
    private final Deque<Checkpoint> checkpoints = new ArrayDeque<>();
    private @Nullable Content content;
    private String head;
    private Checkpoint done;
    private int donePart;
    private FoundFile found;
    private boolean present = true;
    private boolean replaced;
    private boolean truncated;
    private boolean draining;
    private boolean brokeLine;
    private boolean caughtUp;
    private long seenSize;
    private long grewAt;
    private boolean troubled;
    private @Nullable String text;

    private Tail(FoundFile found, Content content, FileState state, LineRules rules, long now) {
        this.id = found.id();
        this.found = found;
        this.content = content;
        this.key = state.key();
        this.order = state.order();
        this.head = state.head();
        this.rules = rules;
        this.from = state.from();
        this.done = new Checkpoint(state.offset(), state.hash());
        this.donePart = state.part();
        this.checkpoints.addAll(state.checkpoints());
        this.window = new Window(done);
        this.splitter = new LineSplitter(window, rules.maxLineBytes(), rules.longLines(), donePart);
        this.joiner = new LineJoiner(rules);
        this.seenSize = content.isGzip() ? 0 : found.size();
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
            // A file that is cut before its turn comes must be known as such, and its copy as its copy.
            tail.header.read(content);
        } catch (IOException e) {
            tail.close();
            throw e;
        }
        return tail;
    }

    /** Whether the file's first bytes are those of which the state tells. */
    boolean beginsAs(FileState state) {
        return header.isOf(state);
    }

    /** Whether a found file with this one's device and inode is this one: not another one that got the inode after it. */
    boolean is(FoundFile file) throws IOException {
        if (content != null) {
            return true;
        }
        try (Content other = file.open().orElse(null)) {
            return other != null && header.length() > 0 && header.isOf(other);
        }
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
        return found.path();
    }

    FoundFile found() {
        return found;
    }

    long offset() {
        return done.offset();
    }

    /** The file's first bytes, as far as they were seen. */
    byte[] header() {
        return header.bytes();
    }

    /** {@link #header()}; where nothing is read yet, looked at without being read. */
    byte[] firstBytes() throws IOException {
        Content open = content;
        if (window.readTo() > 0 || open == null) {
            return header();
        }
        FileHeader now = new FileHeader();
        now.read(open);
        return now.bytes();
    }

    @Nullable
    Content content() {
        return content;
    }

    boolean isTruncated() {
        return truncated;
    }

    /** Whether all that was there at the last call of {@link #next} is in events, but for an unfinished line. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    /** False only if {@link #next} has nothing for sure: spares the work around it. */
    boolean mayHaveMore() {
        Content open = content;
        if (!caughtUp || draining || truncated || open != null && open.isGzip() && !open.isEnded()) {
            return true;
        }
        if (open == null) {
            return false;
        }
        try {
            return window.size() > 0 || joiner.isWaiting() || !open.isGzip() && open.sizeOnDisk() != window.readTo();
        } catch (IOException e) {
            return true;
        }
    }

    boolean isPresent() {
        return present;
    }

    boolean isQuietFor(Duration time, long now) {
        return now - grewAt >= time.toMillis();
    }

    /** Whether it was read, and nothing is in events yet. */
    boolean isOnlyPending() {
        return done.offset() == 0 && window.readTo() > 0;
    }

    /** Whether a file that holds the same is longer. Asks for the size now, for this one may have grown since the other was found. */
    boolean isOutgrownBy(FoundFile other) throws IOException {
        Content open = content;
        if (open == null || open.isGzip()) {
            return false;
        }
        long size = open.sizeOnDisk();
        return size >= window.readTo() && size < other.size() && hasOldHeader();
    }

    /** The largest size of a plain file that was seen. */
    long seenSize() {
        return seenSize;
    }

    /** Bytes of a plain file that were seen and are not read. */
    long unread() {
        return Math.max(0, seenSize - window.readTo());
    }

    /** A look found it, perhaps under another name. */
    void seen(FoundFile now, boolean hasNewer) {
        boolean changed = now.differsFrom(found);
        if (!now.path().equals(found.path())) {
            LOG.info("a log file was renamed; it is read on (file={}, renamedTo={})", found.path(), now.path());
            text = null;
        }
        found = now;
        present = true;
        replaced = hasNewer;
        boolean reopened = content == null && (changed || troubled) && open();
        // While the handle is open, its inode is no other file's, and a gzip file is not cut.
        if (!truncated && (reopened || changed && isPlain())) {
            try {
                truncated = isPlain() && now.size() < seenSize || !hasOldHeader();
                seenSize = truncated || !isPlain() ? seenSize : Math.max(seenSize, now.size());
            } catch (IOException e) {
                trouble(e);
            }
        }
    }

    /** Whether a younger file of the log was written to after this one. */
    boolean isReplacedBy(Tail younger) {
        return order < younger.order && found.modifiedNanos() < younger.found.modifiedNanos();
    }

    /** A look did not find it. */
    void missing() {
        present = false;
    }

    private boolean isPlain() {
        return content != null && !content.isGzip();
    }

    private boolean open() {
        try {
            content = found.open().orElse(null);
        } catch (IOException e) {
            trouble(e);
        }
        return content != null;
    }

    private boolean hasOldHeader() throws IOException {
        Content open = content;
        return open == null || header.isOf(open);
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
                Fill fill = draining ? Fill.NOTHING : fill(now);
                if (fill == Fill.SOME) {
                    continue;
                }
                if (fill == Fill.LATER) {
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
        boolean over = draining || content != null && content.isEnded();
        Line event = over || isQuietFor(multiline.timeout(), now) ? joiner.takeWaiting() : null;
        if (event == null) {
            return null;
        }
        caughtUp = false;
        return out(event);
    }

    private boolean isRestTaken(long now) {
        Content open = content;
        if (draining || open != null && open.isEnded()) {
            return true;
        }
        boolean renamed = !key.equals(found.path().toString());
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
            head = ContentHash.text(header.hashOfFirstLine());
        }
        if (line.cut() > 0) {
            LOG.warn(
                    "a line above the limit was {} (file={}, offset={}, bytesLeftOut={}, limit={})",
                    line.bytes() == null ? "skipped" : "truncated",
                    found.path(),
                    line.offset(),
                    line.cut(),
                    rules.maxLineBytes());
        }
        byte[] bytes = line.bytes();
        if (bytes == null) {
            return null;
        }
        return new LogEvent(
                key,
                found.path().toString(),
                id + ":" + head,
                line.offset(),
                bytes,
                line.part(),
                line.last(),
                line.cut());
    }

    private enum Fill {
        SOME,
        NOTHING,
        LATER
    }

    private Fill fill(long now) {
        Content open = content;
        if (truncated) {
            return Fill.LATER;
        }
        if (open == null) {
            return Fill.NOTHING;
        }
        try {
            Fill fill = open.isGzip() ? fillFromGzip(open) : fillFromPlain(open);
            if (fill == Fill.SOME) {
                grewAt = now;
                troubled = false;
            }
            return fill;
        } catch (IOException e) {
            trouble(e);
            return Fill.NOTHING;
        }
    }

    private Fill fillFromPlain(Content open) throws IOException {
        long position = window.readTo();
        long size = open.sizeOnDisk();
        if (size < seenSize) {
            truncated = true;
            return Fill.LATER;
        }
        seenSize = size;
        if (size == position) {
            return Fill.NOTHING;
        }
        window.makeRoom(CHUNK);
        int count = open.read(position, window.data(), window.end(), CHUNK);
        if (open.sizeOnDisk() < Math.max(size, position + count) || !hasOldHeader()) {
            truncated = true;
            return Fill.LATER;
        }
        return added(position, count);
    }

    private Fill fillFromGzip(Content open) throws IOException {
        long position = window.readTo();
        window.makeRoom(CHUNK);
        int count = open.read(position, window.data(), window.end(), CHUNK);
        return count == Content.ON_THE_WAY ? Fill.LATER : added(position, count);
    }

    private Fill added(long position, int count) {
        if (count <= 0) {
            return Fill.NOTHING;
        }
        header.extend(position, window.data(), window.end(), count);
        window.added(count);
        seenSize = Math.max(seenSize, window.readTo());
        return Fill.SOME;
    }

    /** Told once until it works again; tried again after the next look. */
    private void trouble(IOException error) {
        closeContent();
        if (!troubled) {
            LOG.warn(
                    "a log file cannot be read; it is tried again (file={}, offset={}, error={})",
                    found.path(),
                    done.offset(),
                    error.toString());
        }
        troubled = true;
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
                header.hash(done.offset()),
                List.copyOf(checkpoints),
                false,
                key,
                found.path().toString());
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
        Content open = content;
        content = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("a log file was not closed well (file={})", found.path(), e);
            }
        }
    }

    @Override
    public void close() {
        closeContent();
    }
}
