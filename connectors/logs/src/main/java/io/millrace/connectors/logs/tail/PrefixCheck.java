package io.millrace.connectors.logs.tail;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds whether a file of unknown identity holds what was read of a known one: its copy or its compressed copy. All that was read is
 * compared, not only its beginning, so that logs with a common banner stay apart. Goes step by step, to leave room for other work.
 */
final class PrefixCheck implements Closeable {
    /** What a step found. */
    enum Answer {
        /** It holds what was read of the known file. */
        SAME,
        OTHER,
        /** It is not written to its end yet. */
        UNFINISHED,
        /** Another step is needed. */
        MORE
    }

    private static final long STEP = 32L * 1024 * 1024;

    private final Content candidate;
    private final FileState known;
    /** Of the known file, while it can be read and is not compressed: then it is compared byte by byte. */
    private final @Nullable Content original;

    private final List<Checkpoint> places = new ArrayList<>();
    private final byte[] buffer = new byte[FollowedFile.CHUNK];
    private final byte[] other = new byte[FollowedFile.CHUNK];
    private boolean headerChecked;
    private long position;
    private long hash = ContentHash.START;
    private long proven;

    PrefixCheck(Content candidate, FileState known, @Nullable Content original) {
        this.candidate = candidate;
        this.known = known;
        this.original = original;
        known.checkpoints().stream()
                .filter(place -> place.offset() > known.from() && place.offset() < known.offset())
                .forEach(places::add);
        places.add(new Checkpoint(known.offset(), known.hash()));
        position = original == null ? known.from() : 0;
    }

    /** Where to go on in the candidate: behind what was read of the known file, or at the candidate's end where that is shorter. */
    long reach() {
        return Math.min(position, known.offset());
    }

    /** Whether {@link #reach()} is where the known file's hash was taken. */
    boolean isWhole() {
        return reach() == known.offset();
    }

    Answer step() throws IOException {
        if (!headerChecked) {
            Answer answer = checkHeader();
            if (answer != Answer.SAME) {
                return answer;
            }
            headerChecked = true;
        }
        long until = position + STEP;
        while (position < until) {
            if (position >= known.offset()) {
                return Answer.SAME;
            }
            long goal = original == null ? nextPlace() : known.offset();
            int count = candidate.read(position, buffer, 0, (int) Math.min(buffer.length, goal - position));
            if (count == Content.ON_THE_WAY) {
                return Answer.MORE;
            }
            if (count == 0) {
                return atItsEnd();
            }
            if (!agrees(count)) {
                return Answer.OTHER;
            }
        }
        return Answer.MORE;
    }

    private Answer checkHeader() throws IOException {
        byte[] header = new byte[known.headerLength()];
        int length = 0;
        while (length < header.length) {
            int count = candidate.read(length, header, length, header.length - length);
            if (count == 0) {
                break;
            }
            length += Math.max(0, count);
        }
        if (length < header.length) {
            if (candidate.isGzip() && !candidate.isEnded()) {
                return Answer.UNFINISHED;
            }
            // It may still be an older copy: the comparison that follows covers these bytes too.
            return length > 0 && (original != null || known.from() == 0) ? Answer.SAME : Answer.OTHER;
        }
        return ContentHash.of(header, 0, length) == known.fingerprint() ? Answer.SAME : Answer.OTHER;
    }

    private long nextPlace() {
        return places.stream()
                .mapToLong(Checkpoint::offset)
                .filter(offset -> offset > position)
                .min()
                .orElse(known.offset());
    }

    private boolean agrees(int count) throws IOException {
        if (original != null) {
            boolean same = original.read(position, other, 0, count) == count
                    && Arrays.equals(buffer, 0, count, other, 0, count);
            position += same ? count : 0;
            proven = position;
            return same;
        }
        hash = ContentHash.update(hash, buffer, 0, count);
        position += count;
        for (Checkpoint place : places) {
            if (place.offset() == position) {
                proven = position;
                return place.hash() == hash;
            }
        }
        return true;
    }

    /** The candidate is shorter than what was read: an older copy, if it is the same up to the last place that is kept of its length. */
    private Answer atItsEnd() {
        if (candidate.isGzip() && !candidate.isEnded()) {
            return Answer.UNFINISHED;
        }
        long begin = original == null ? known.from() : 0;
        boolean proved = proven > begin && 3 * (proven - begin) >= position - begin;
        return proved ? Answer.SAME : Answer.OTHER;
    }

    @Override
    public void close() throws IOException {
        candidate.close();
    }
}
