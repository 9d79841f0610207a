package io.millrace.connectors.logs.tail;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of one file, by its open handle, whatever the file is called by now; knows when it is not any more what was read of it. One
 * thread.
 *
 * <p>Invariant: no byte is in the window that was read after the file was cut: each read is followed by a look at the file's first bytes and
 * at its size, and is thrown away when they are not those of before.
 */
final class FollowedFile implements Closeable {
    /** Bytes that are read at once. */
    static final int CHUNK = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(FollowedFile.class);

    /** What came of reading on. */
    enum Fill {
        SOME,
        NOTHING,
        /** There may be more at the next try, or it is not known yet what the file is. */
        LATER
    }

    private final Window window;
    private final FileHeader header = new FileHeader();
    private FoundFile found;
    private @Nullable Content content;
    private boolean truncated;
    private boolean troubled;
    private long seenSize;

    /** @param at where to read on */
    FollowedFile(FoundFile found, Content content, Checkpoint at) {
        this.found = found;
        this.content = content;
        this.window = new Window(at);
        this.seenSize = content.isGzip() ? 0 : found.size();
    }

    /** A file that is cut before its turn comes must be known as such, and its copy as its copy. */
    void readHeader() throws IOException {
        if (content != null) {
            header.read(content);
        }
    }

    FoundFile found() {
        return found;
    }

    /** What was read and is in no line yet. */
    Window window() {
        return window;
    }

    /** The first bytes, as far as they were seen. */
    FileHeader header() {
        return header;
    }

    /** {@link #header()}; where nothing is read yet, looked at without being read. */
    byte[] firstBytes() throws IOException {
        Content open = content;
        if (window.readTo() > 0 || open == null) {
            return header.bytes();
        }
        FileHeader now = new FileHeader();
        now.read(open);
        return now.bytes();
    }

    /** Null while it is closed. */
    @Nullable
    Content content() {
        return content;
    }

    /** Whether it is cut, or holds something else than what was read. */
    boolean isTruncated() {
        return truncated;
    }

    /** Whether it is known that no more will come: the end of a gzip file. */
    boolean isEnded() {
        return content != null && content.isEnded();
    }

    /** The largest size of a plain file that was seen. */
    long seenSize() {
        return seenSize;
    }

    /** Bytes of a plain file that were seen and are not read. */
    long unread() {
        return Math.max(0, seenSize - window.readTo());
    }

    /** Whether a found file with this one's device and inode is this one: not another one that got the inode after it. */
    boolean is(FoundFile file) throws IOException {
        if (content != null) {
            return true;
        }
        try (Content other = file.open().orElse(null)) {
            return other != null && header.length() > 0 && header.isOf(other);
        }
    }

    /** Whether a file that holds the same is longer. Asks for the size now, for this one may have grown since the other was found. */
    boolean isOutgrownBy(FoundFile other) throws IOException {
        Content open = content;
        if (open == null || open.isGzip()) {
            return false;
        }
        long size = open.sizeOnDisk();
        return size >= window.readTo() && size < other.size() && hasOldHeader();
    }

    /** False only if {@link #fill} has nothing for sure. */
    boolean mayHaveMore() {
        Content open = content;
        if (open == null) {
            return false;
        }
        try {
            return open.isGzip() ? !open.isEnded() : open.sizeOnDisk() != window.readTo();
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * A look found it, perhaps changed. It is opened again if it was closed and changed, or could not be read before.
     *
     * @param offset up to which it is in events
     */
    void seen(FoundFile now, long offset) {
        boolean changed = now.differsFrom(found);
        found = now;
        boolean reopened = content == null && (changed || troubled) && open(offset);
        // While the handle is open, its inode is no other file's, and a gzip file is not cut.
        if (!truncated && (reopened || changed && isPlain())) {
            try {
                truncated = isPlain() && now.size() < seenSize || !hasOldHeader();
                seenSize = truncated || !isPlain() ? seenSize : Math.max(seenSize, now.size());
            } catch (IOException e) {
                trouble(e, offset);
            }
        }
    }

    private boolean isPlain() {
        return content != null && !content.isGzip();
    }

    private boolean open(long offset) {
        try {
            content = found.open().orElse(null);
        } catch (IOException e) {
            trouble(e, offset);
        }
        return content != null;
    }

    private boolean hasOldHeader() throws IOException {
        Content open = content;
        return open == null || header.isOf(open);
    }

    /**
     * Reads on into the window.
     *
     * @param offset up to which it is in events
     */
    Fill fill(long offset) {
        Content open = content;
        if (truncated) {
            return Fill.LATER;
        }
        if (open == null) {
            return Fill.NOTHING;
        }
        try {
            Fill fill = open.isGzip() ? fillFromGzip(open) : fillFromPlain(open);
            if (fill == Fill.SOME) {
                troubled = false;
            }
            return fill;
        } catch (IOException e) {
            trouble(e, offset);
            return Fill.NOTHING;
        }
    }

    private Fill fillFromPlain(Content open) throws IOException {
        long position = window.readTo();
        long size = open.sizeOnDisk();
        if (size < seenSize) {
            truncated = true;
            return Fill.LATER;
        }
        seenSize = size;
        if (size == position) {
            return Fill.NOTHING;
        }
        window.makeRoom(CHUNK);
        int count = open.read(position, window.data(), window.end(), CHUNK);
        if (open.sizeOnDisk() < Math.max(size, position + count) || !hasOldHeader()) {
            truncated = true;
            return Fill.LATER;
        }
        return added(position, count);
    }

    private Fill fillFromGzip(Content open) throws IOException {
        long position = window.readTo();
        window.makeRoom(CHUNK);
        int count = open.read(position, window.data(), window.end(), CHUNK);
        return count == Content.ON_THE_WAY ? Fill.LATER : added(position, count);
    }

    private Fill added(long position, int count) {
        if (count <= 0) {
            return Fill.NOTHING;
        }
        header.extend(position, window.data(), window.end(), count);
        window.added(count);
        seenSize = Math.max(seenSize, window.readTo());
        return Fill.SOME;
    }

    /** Told once until it works again; tried again after the next look. */
    private void trouble(IOException error, long offset) {
        close();
        if (!troubled) {
            LOG.warn(
                    "a log file cannot be read; it is tried again (file={}, offset={}, error={})",
                    found.path(),
                    offset,
                    error.toString());
        }
        troubled = true;
    }

    /** Gives the handle back; it is opened again when a look finds the file changed. */
    @Override
    public void close() {
        Content open = content;
        content = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("a log file was not closed well (file={})", found.path(), e);
            }
        }
    }
}
