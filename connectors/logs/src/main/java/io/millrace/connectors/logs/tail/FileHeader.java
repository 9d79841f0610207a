package io.millrace.connectors.logs.tail;

import java.io.IOException;
import java.util.Arrays;

/** The first bytes of a file, as far as they were seen: they tell it from another one with the same name or inode. */
final class FileHeader {
    private final byte[] bytes = new byte[FileState.HEADER];
    private int length;

    /** 0 before anything was seen, at most {@link FileState#HEADER}. */
    int length() {
        return length;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Takes what is there by now. */
    void read(Content content) throws IOException {
        while (length < bytes.length) {
            int count = content.read(length, bytes, length, bytes.length - length);
            if (count == 0) {
                return;
            }
            length += Math.max(0, count);
        }
    }

    /** Takes what is new of bytes that were read at {@code position}. */
    void extend(long position, byte[] data, int at, int count) {
        if (position > length || position + count <= length) {
            return;
        }
        int known = (int) (length - position);
        int added = Math.min(count - known, bytes.length - length);
        System.arraycopy(data, at + known, bytes, length, added);
        length += added;
    }

    /** Whether a file still begins so; of a header without bytes nothing else can be said. */
    boolean isOf(Content content) throws IOException {
        byte[] now = new byte[length];
        return length == 0
                || content.read(0, now, 0, length) == length && Arrays.equals(now, 0, length, bytes, 0, length);
    }

    /** Whether a state was taken of a file that begins so. */
    boolean isOf(FileState state) {
        return length >= state.headerLength() && hash(state.headerLength()) == state.fingerprint();
    }

    /** Of the first {@code limit} bytes, or of all where there are fewer. */
    long hash(long limit) {
        return ContentHash.of(bytes, 0, (int) Math.min(length, limit));
    }

    /** Of the first line, without its end. */
    long hashOfFirstLine() {
        int end = 0;
        while (end < length && bytes[end] != '\n') {
            end++;
        }
        return hash(end);
    }
}
