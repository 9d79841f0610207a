package io.millrace.connectors.logs.tail;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A gzip file, of one or more members. Goes forward only; to go back it begins anew. A stream that ends too early is one that is still being
 * written: what is there is read, the rest when the file has grown.
 */
final class GzipContent implements Content {
    private static final int BUFFER = 64 * 1024;
    /** How far one call goes towards its position: some hundredths of a second. */
    private static final long STRIDE = 16L * 1024 * 1024;

    private final FileChannel channel;
    private final byte[] skipped = new byte[BUFFER];
    private @Nullable GZIPInputStream stream;
    private long position;
    private boolean ended;
    /** The size on disk at which the stream ended too early; -1 for none. */
    private long shortAt = -1;

    GzipContent(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(long from, byte[] into, int at, int length) throws IOException {
        if (shortAt >= 0) {
            if (channel.size() == shortAt) {
                return 0;
            }
            restart();
        }
        if (from < position) {
            restart();
        }
        long goal = Math.min(from, position + STRIDE);
        while (position < goal) {
            if (take(skipped, 0, (int) Math.min(BUFFER, goal - position)) <= 0) {
                return 0;
            }
        }
        return position < from ? ON_THE_WAY : take(into, at, length);
    }

    private int take(byte[] into, int at, int length) throws IOException {
        if (ended) {
            return 0;
        }
        long size = channel.size();
        try {
            GZIPInputStream open = stream;
            if (open == null) {
                channel.position(0);
                open = new GZIPInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER), BUFFER);
                stream = open;
            }
            int count = open.read(into, at, length);
            if (count < 0) {
                ended = true;
                return 0;
            }
            position += count;
            return count;
        } catch (EOFException e) {
            shortAt = size;
            return 0;
        }
    }

    private void restart() {
        // Not closed: that would close the channel.
        stream = null;
        position = 0;
        ended = false;
        shortAt = -1;
    }

    @Override
    public long sizeOnDisk() throws IOException {
        return channel.size();
    }

    @Override
    public boolean isGzip() {
        return true;
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
