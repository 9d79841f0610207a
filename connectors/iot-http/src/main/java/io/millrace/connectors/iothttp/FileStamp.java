package io.millrace.connectors.iothttp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** By what one sees that a file changed: time, size, and which file it is (a mounted secret is changed by a new link). */
record FileStamp(long modifiedMillis, long size, String identity) {
    static final FileStamp NONE = new FileStamp(-1, -1, "");

    /** {@link #NONE} when the file cannot be looked at. */
    static FileStamp of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileStamp(
                    attributes.lastModifiedTime().toMillis(), attributes.size(), String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            return NONE;
        }
    }
}
