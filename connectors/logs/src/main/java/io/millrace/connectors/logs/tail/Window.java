package io.millrace.connectors.logs.tail;

import java.util.Arrays;

/** The bytes of a file that are read and not yet in a line, with the hash of all bytes before them. */
final class Window {
    private byte[] data = new byte[0];
    private int start;
    private int end;
    private long offset;
    private long hash;

    Window(Checkpoint at) {
        offset = at.offset();
        hash = at.hash();
    }

    int size() {
        return end - start;
    }

    /** Of the byte after the last one. */
    long readTo() {
        return offset + size();
    }

    Checkpoint place() {
        return new Checkpoint(offset, hash);
    }

    /**
     * @param from where to begin to look, from the window's begin
     * @return the position of the next line feed; -1 for none
     */
    int indexOfLineFeed(int from) {
        for (int i = start + from; i < end; i++) {
            if (data[i] == '\n') {
                return i - start;
            }
        }
        return -1;
    }

    byte at(int index) {
        return data[start + index];
    }

    byte[] copy(int length) {
        return Arrays.copyOfRange(data, start, start + length);
    }

    /** Leaves the first bytes behind. */
    void take(int length) {
        hash = ContentHash.update(hash, data, start, start + length);
        start += length;
        offset += length;
        if (start == end) {
            start = 0;
            end = 0;
            if (data.length > FollowedFile.CHUNK) {
                data = new byte[0];
            }
        }
    }

    /** Where {@code length} more bytes can be put: {@link #data()} from {@link #end()}. */
    void makeRoom(int length) {
        if (data.length - end >= length) {
            return;
        }
        int used = size();
        byte[] target = data.length - used >= length
                ? data
                : new byte[Math.max(used + length, Math.min(2 * used, used + (1 << 20)))];
        System.arraycopy(data, start, target, 0, used);
        data = target;
        start = 0;
        end = used;
    }

    byte[] data() {
        return data;
    }

    int end() {
        return end;
    }

    void added(int length) {
        end += length;
    }
}
