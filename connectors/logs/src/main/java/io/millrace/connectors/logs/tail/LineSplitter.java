package io.millrace.connectors.logs.tail;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a window into lines; ends of lines are {@code \n} and {@code \r\n}. Memory: the limit of a line, and a chunk. */
final class LineSplitter {
    /** A carriage return and a line feed may follow a line of the largest size. */
    private static final int LONGEST_END = 2;

    private final Window window;
    private final int limit;
    private final LongLines longLines;
    private int searched;
    /** Parts of the line at the window's begin that are out already. */
    private int part;
    // Of a long line that is not split: its begin, and how much of it is left out so far.
    private byte @Nullable [] begin;
    private long beginOffset;
    private long cut;

    LineSplitter(Window window, int limit, LongLines longLines, int part) {
        this.window = window;
        this.limit = limit;
        this.longLines = longLines;
        this.part = part;
    }

    /** Null when more bytes are needed. */
    @Nullable
    Line next() {
        while (true) {
            int lineFeed = window.indexOfLineFeed(searched);
            if (lineFeed >= 0) {
                int length = lineFeed > 0 && window.at(lineFeed - 1) == '\r' ? lineFeed - 1 : lineFeed;
                if (begin != null || length <= limit) {
                    return whole(length, lineFeed + 1);
                }
            } else if (window.size() < limit + LONGEST_END) {
                searched = window.size();
                if (begin != null && searched > 1) {
                    // The last byte stays: it may be the carriage return of the line's end.
                    leaveOut(searched - 1);
                }
                return null;
            }
            if (longLines == LongLines.SPLIT) {
                return piece(limit);
            }
            if (begin == null) {
                begin = longLines == LongLines.TRUNCATE ? window.copy(limit) : new byte[0];
                beginOffset = window.place().offset();
                window.take(limit);
                cut = longLines == LongLines.TRUNCATE ? 0 : limit;
                searched = 0;
            } else {
                leaveOut(lineFeed >= 0 ? 0 : window.size() - 1);
            }
        }
    }

    /** What stands there without an end of line; null for nothing. */
    @Nullable
    Line rest() {
        return window.size() == 0 && begin == null ? null : whole(window.size(), window.size());
    }

    private void leaveOut(int length) {
        window.take(length);
        cut += length;
        searched = 0;
    }

    private Line piece(int length) {
        long offset = window.place().offset();
        byte[] bytes = window.copy(length);
        window.take(length);
        searched = 0;
        part++;
        return new Line(offset, bytes, window.place(), part, false, 0);
    }

    private Line whole(int length, int withEnd) {
        byte[] kept = begin;
        searched = 0;
        if (kept != null) {
            cut += length;
            window.take(withEnd);
            begin = null;
            return new Line(
                    beginOffset,
                    longLines == LongLines.SKIP ? null : Arrays.copyOf(kept, kept.length),
                    window.place(),
                    0,
                    true,
                    cut);
        }
        long offset = window.place().offset();
        byte[] bytes = window.copy(length);
        window.take(withEnd);
        int number = part == 0 ? 0 : part + 1;
        part = 0;
        return new Line(offset, bytes, window.place(), number, true, 0);
    }
}
