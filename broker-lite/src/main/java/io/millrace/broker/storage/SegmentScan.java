package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment's batches without trusting any of it: lengths are checked before they are believed, checksums are computed in pieces.
 */
final class SegmentScan implements AutoCloseable {
    private static final int HEADER = 61;
    private static final int OFFSET_AND_LENGTH = 12;
    private static final int MAGIC_AT = 16;
    private static final int CRC_AT = 17;
    private static final int CRC_FROM = 21;
    private static final int LAST_DELTA_AT = 23;
    private static final int WINDOW = 1 << 16;

    private final FileChannel channel;
    private final long size;
    private final long base;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER);
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW);

    SegmentScan(Path file, long base) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.size = channel.size();
        this.base = base;
    }

    /**
     * Walks from a batch's start to the first that is not as it should be, or to the end.
     *
     * @param checksums whether to read the records too
     */
    Found walk(long from, boolean checksums) throws IOException {
        long position = from;
        long next = base;
        while (position < size) {
            String damage = damageAt(position, next, checksums);
            if (damage != null) {
                return new Found(position, next, size, damage);
            }
            next = header.getLong(0) + header.getInt(LAST_DELTA_AT) + 1;
            position += OFFSET_AND_LENGTH + header.getInt(Long.BYTES);
        }
        return new Found(position, next, size, "");
    }

    /** Whether a batch starts at a position and ends with an offset; for entries of an index. */
    boolean endsAt(long position, long lastOffset) throws IOException {
        return size - position >= HEADER
                && readHeader(position)
                && header.get(MAGIC_AT) == RecordBatch.MAGIC_VALUE_V2
                && header.getLong(0) + header.getInt(LAST_DELTA_AT) == lastOffset;
    }

    /** Whether a batch with later offsets can be read anywhere behind a position, so that cutting there would lose it. */
    boolean readableBehind(long position, long next) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(WINDOW);
        long at = position + 1;
        while (size - at >= HEADER) {
            bytes.clear();
            read(bytes, at);
            int candidates = bytes.limit() - HEADER;
            for (int i = 0; i <= candidates; i++) {
                if (bytes.get(i + MAGIC_AT) == RecordBatch.MAGIC_VALUE_V2
                        && bytes.getLong(i) >= next
                        && damageAt(at + i, next, true) == null) {
                    return true;
                }
            }
            at += Math.max(1, candidates + 1);
        }
        return false;
    }

    private @Nullable String damageAt(long position, long next, boolean checksums) throws IOException {
        if (size - position < HEADER || !readHeader(position)) {
            return "the batch is cut off";
        }
        byte magic = header.get(MAGIC_AT);
        if (magic != RecordBatch.MAGIC_VALUE_V2) {
            return "its format '" + magic + "' is not 2";
        }
        long length = header.getInt(Long.BYTES);
        if (length < HEADER - OFFSET_AND_LENGTH) {
            return "its length '" + length + "' is too small";
        }
        if (position + OFFSET_AND_LENGTH + length > size) {
            return "the batch is cut off";
        }
        long first = header.getLong(0);
        int delta = header.getInt(LAST_DELTA_AT);
        if (first < next || delta < 0 || first + delta - base > Integer.MAX_VALUE) {
            return "its offset '" + first + "' is out of order";
        }
        return checksums && !checksumHolds(position, length) ? "its checksum differs" : null;
    }

    private boolean checksumHolds(long position, long length) throws IOException {
        long expected = header.getInt(CRC_AT) & 0xffff_ffffL;
        CRC32C crc = new CRC32C();
        long at = position + CRC_FROM;
        long end = position + OFFSET_AND_LENGTH + length;
        while (at < end) {
            window.clear().limit((int) Math.min(WINDOW, end - at));
            read(window, at);
            if (!window.hasRemaining()) {
                return false;
            }
            at += window.limit();
            crc.update(window);
        }
        return crc.getValue() == expected;
    }

    private boolean readHeader(long position) throws IOException {
        header.clear();
        read(header, position);
        return header.limit() == HEADER;
    }

    private void read(ByteBuffer into, long position) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, position + into.position()) < 0) {
                break;
            }
        }
        into.flip();
    }

    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * How far a segment could be read.
     *
     * @param valid bytes that could
     * @param next the offset after the last record in them
     * @param size the file's bytes
     * @param damage what is wrong behind them; empty if nothing is
     */
    record Found(long valid, long next, long size, String damage) {
        boolean whole() {
            return damage.isEmpty();
        }
    }
}
