package io.millrace.connectors.logs.tail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file as it is. */
final class PlainContent implements Content {
    private final FileChannel channel;

    PlainContent(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(long position, byte[] into, int at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, at, length);
        int total = 0;
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer, position + total);
            if (count <= 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    @Override
    public long sizeOnDisk() throws IOException {
        return channel.size();
    }

    @Override
    public boolean isGzip() {
        return false;
    }

    @Override
    public boolean isEnded() {
        return false;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
