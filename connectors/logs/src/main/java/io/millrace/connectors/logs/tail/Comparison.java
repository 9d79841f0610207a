package io.millrace.connectors.logs.tail;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares a file of unknown identity with known ones, one after the other, step by step. */
final class Comparison implements Closeable {

    /**
     * A known file.
     *
     * @param tail that reads it, or read it until it was cut
     * @param alive whether the tail goes on
     */
    record Known(FileId id, FileState state, Optional<Tail> tail, boolean alive) {}

    /** What is known now. */
    sealed interface Result {
        /** The file goes on where the known one ended, or is a copy of it. */
        record Same(Known known, long reach, boolean whole) implements Result {}

        record Other() implements Result {}

        /** Cannot be told yet, for others have to be read or written first. */
        record Later() implements Result {}

        /** Another step is needed, before anything else is read. */
        record Pending() implements Result {}
    }

    private final FoundFile file;
    private final Deque<Known> left;
    private @Nullable PrefixCheck work;

    Comparison(FoundFile file, List<Known> candidates) {
        this.file = file;
        this.left = new ArrayDeque<>(candidates);
    }

    Result step() throws IOException {
        if (work == null && isNothingToldYet()) {
            return new Result.Later();
        }
        while (true) {
            Known known = left.peek();
            if (known == null) {
                return new Result.Other();
            }
            PrefixCheck check = work;
            if (check == null) {
                if (known.alive() && mustBeReadFirst(known)) {
                    return new Result.Later();
                }
                if (known.state().offset() == 0) {
                    if (!known.alive() && beginsLike(known)) {
                        return new Result.Same(known, 0, true);
                    }
                    left.remove();
                    continue;
                }
                Content content = file.open().orElse(null);
                if (content == null) {
                    return new Result.Later();
                }
                check = new PrefixCheck(content, known.state(), original(known));
                work = check;
            }
            PrefixCheck.Answer answer = check.step();
            if (answer == PrefixCheck.Answer.MORE) {
                return new Result.Pending();
            }
            close();
            if (answer == PrefixCheck.Answer.UNFINISHED) {
                return new Result.Later();
            }
            if (answer == PrefixCheck.Answer.SAME) {
                return new Result.Same(known, check.reach(), check.isWhole());
            }
            left.remove();
        }
    }

    /** A gzip file of which so little is written that it cannot be told what it holds. */
    private boolean isNothingToldYet() throws IOException {
        try (Content content = file.open().orElse(null)) {
            return content == null || content.isGzip() && content.read(0, new byte[1], 0, 1) == 0 && !content.isEnded();
        }
    }

    private static @Nullable Content original(Known known) {
        return known.tail()
                .filter(tail -> known.alive())
                .map(Tail::content)
                .filter(content -> !content.isGzip())
                .orElse(null);
    }

    /** Two files that begin alike, and not all of the known one is read: what it holds cannot be compared. */
    private boolean mustBeReadFirst(Known known) throws IOException {
        boolean read = known.tail()
                .map(tail -> !tail.isOpen() || tail.isCaughtUp() && !tail.isOnlyPending())
                .orElse(true);
        return !read && beginsLike(known);
    }

    private boolean beginsLike(Known known) throws IOException {
        Tail tail = known.tail().orElse(null);
        Content content = file.open().orElse(null);
        if (content == null) {
            return true;
        }
        try (content) {
            byte[] expected = tail == null ? new byte[0] : known.alive() ? tail.firstBytes() : tail.header();
            byte[] bytes = new byte[expected.length];
            int length = Math.max(0, content.read(0, bytes, 0, bytes.length));
            return length > 0 && Arrays.equals(bytes, 0, length, expected, 0, length);
        }
    }

    @Override
    public void close() throws IOException {
        PrefixCheck check = work;
        work = null;
        if (check != null) {
            check.close();
        }
    }
}
