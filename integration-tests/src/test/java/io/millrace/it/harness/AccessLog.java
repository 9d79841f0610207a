package io.millrace.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** A web server's log as a server and its logrotate write it: lines are appended, the file is renamed, copied and truncated, compressed. */
public final class AccessLog {
    private final Path folder;
    private final Path live;
    private int rotations;

    public AccessLog(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.live = folder.resolve("access.log");
    }

    /** What {@code path} of a logs source says: the live file and those rotated away. */
    public String glob() {
        return folder.resolve("access.log*").toString();
    }

    /** Appends lines, in one write. */
    public void append(List<String> lines) throws IOException {
        String text = String.join("\n", lines) + "\n";
        append(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends bytes, for lines that are torn over two writes. */
    public void append(byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                live, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }

    /** Rotation by rename: the next append makes a new file. */
    public Path rename() throws IOException {
        return Files.move(live, rotated());
    }

    /** Rotation by copy and truncate. What the reader has not read of the file by now it finds in the copy only. */
    public Path copyTruncate() throws IOException {
        Path copy = Files.copy(live, rotated());
        try (FileChannel channel = FileChannel.open(live, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        return copy;
    }

    /** Compresses a rotated file, as logrotate does: the compressed one is there whole before the plain one goes. */
    public Path gzip(Path rotated) throws IOException {
        Path hidden = rotated.resolveSibling("." + rotated.getFileName() + ".tmp");
        try (InputStream in = Files.newInputStream(rotated);
                OutputStream out = new GZIPOutputStream(Files.newOutputStream(hidden))) {
            in.transferTo(out);
        }
        Path compressed = Files.move(hidden, rotated.resolveSibling(rotated.getFileName() + ".gz"));
        Files.delete(rotated);
        return compressed;
    }

    private Path rotated() {
        rotations++;
        return folder.resolve("access.log." + rotations);
    }
}
