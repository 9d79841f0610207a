package io.millrace.connectors.logs.tail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A file as a look into the folders found it.
 *
 * @param size bytes on disk
 * @param modifiedNanos since the epoch
 * @param matched whether the patterns name it; the others stand beside one and may only continue a file that is known
 */
record FoundFile(FileId id, Path path, long size, long modifiedNanos, boolean matched) {
    private static final String ATTRIBUTES = "unix:dev,ino,size,lastModifiedTime,isRegularFile";
    /** A gzip file has this many bytes at least. */
    private static final int SMALLEST_GZIP = 18;

    /**
     * Follows symbolic links.
     *
     * @return empty for what is no regular file
     * @throws IOException when it is gone, or may not be looked at
     * @throws UnsupportedOperationException on a system whose files have no inodes
     */
    static Optional<FoundFile> at(Path path, boolean matched) throws IOException {
        Map<String, Object> facts = Files.readAttributes(path, ATTRIBUTES);
        if (!Boolean.TRUE.equals(facts.get("isRegularFile"))
                || !(facts.get("dev") instanceof Number device)
                || !(facts.get("ino") instanceof Number inode)
                || !(facts.get("size") instanceof Number size)
                || !(facts.get("lastModifiedTime") instanceof FileTime modified)) {
            return Optional.empty();
        }
        FileId id = new FileId(device.longValue(), inode.longValue());
        return Optional.of(new FoundFile(id, path, size.longValue(), modified.to(TimeUnit.NANOSECONDS), matched));
    }

    /** Whether it may have other content than at an earlier look. */
    boolean differsFrom(FoundFile earlier) {
        return size != earlier.size || modifiedNanos != earlier.modifiedNanos || !id.equals(earlier.id);
    }

    /** A gzip file of which the first bytes are not written yet would be taken for a plain one. */
    boolean isTooEarlyToTell() {
        String name = path.toString();
        return size < SMALLEST_GZIP && (name.endsWith(".gz") || name.endsWith(".gzip"));
    }

    /** Opens it; empty when another file has its name by now. */
    Optional<Content> open() throws IOException {
        Content content = Content.open(path);
        try {
            if (at(path, matched).filter(now -> now.id.equals(id)).isPresent()) {
                return Optional.of(content);
            }
        } catch (IOException | RuntimeException e) {
            content.close();
            throw e;
        }
        content.close();
        return Optional.empty();
    }
}
