package io.millrace.connectors.logs.tail;

import java.io.IOException;

/** Finds where to begin in a file of which only what comes from now on is wanted. */
final class LastLine {
    private static final int LONGEST = 1024 * 1024;

    private LastLine() {}

    /** Behind the last end of a line, so that a line that is being written is read whole; a gzip file's whole content is old. */
    static long end(Content content) throws IOException {
        if (content.isGzip()) {
            return gzipEnd(content);
        }
        long size = content.sizeOnDisk();
        int length = (int) Math.min(LONGEST, size);
        byte[] bytes = new byte[length];
        int count = content.read(size - length, bytes, 0, length);
        for (int i = count - 1; i >= 0; i--) {
            if (bytes[i] == '\n') {
                return size - length + i + 1;
            }
        }
        return length == size ? 0 : size;
    }

    private static long gzipEnd(Content content) throws IOException {
        byte[] bytes = new byte[FollowedFile.CHUNK];
        long position = 0;
        while (true) {
            int count = content.read(position, bytes, 0, bytes.length);
            if (count == 0) {
                return position;
            }
            position += count;
        }
    }
}
