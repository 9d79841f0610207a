package io.millrace.connectors.logs.tail;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The uncompressed bytes of an open file; a file that was renamed or removed stays readable. One thread. */
sealed interface Content extends Closeable permits PlainContent, GzipContent {
    /** What {@link #read} answers while it is still on its way to the position: call again. */
    int ON_THE_WAY = -1;

    /** @throws IOException when the file is not there or may not be read */
    static Content open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return isGzip(channel) ? new GzipContent(channel) : new PlainContent(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isGzip(FileChannel channel) throws IOException {
        ByteBuffer magic = ByteBuffer.allocate(2);
        channel.read(magic, 0);
        return magic.position() == 2 && (magic.get(0) & 0xff) == 0x1f && (magic.get(1) & 0xff) == 0x8b;
    }

    /**
     * Reads what is there; never waits for more.
     *
     * @param position in uncompressed bytes
     * @return how many; 0 for nothing (more) now; {@link #ON_THE_WAY}
     */
    int read(long position, byte[] into, int at, int length) throws IOException;

    /** Bytes on disk. */
    long sizeOnDisk() throws IOException;

    boolean isGzip();

    /** Whether the last read met the end for good: a complete gzip stream. A plain file may always grow. */
    boolean isEnded();
}
