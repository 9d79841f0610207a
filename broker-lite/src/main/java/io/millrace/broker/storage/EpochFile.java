package io.millrace.broker.storage;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log's leader epochs in Kafka's file, without an fsync for each: a thousand new partitions would take seconds, and recovery reads the
 * epochs that matter from the batches.
 */
final class EpochFile extends LeaderEpochCheckpointFile {
    private static final Logger LOG = LoggerFactory.getLogger(EpochFile.class);

    private static final int PAGE = 4096;
    private static final int HEADER = 2;

    private final Path path;
    private final DiskFailure disk;

    EpochFile(File file, DiskFailure disk) throws IOException {
        super(file, disk);
        this.path = file.toPath();
        this.disk = disk;
    }

    @Override
    public synchronized void write(Collection<EpochEntry> epochs) {
        StringBuilder text = new StringBuilder("0\n").append(epochs.size()).append('\n');
        for (EpochEntry epoch : epochs) {
            text.append(epoch.epoch()).append(" ").append(epoch.startOffset()).append('\n');
        }
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
        try {
            if (bytes.limit() < Files.size(path) || bytes.limit() > PAGE) {
                replace(bytes);
            } else {
                overwrite(bytes);
            }
        } catch (NoSuchFileException e) {
            LOG.atDebug().addKeyValue("file", path).log("Epochs of a partition that is being deleted are not written.");
        } catch (IOException e) {
            disk.fail(e);
            throw new KafkaStorageException("Error while writing " + path + ": " + Reason.of(e), e);
        }
    }

    /** In place, in one call: a kill leaves the old or the new, and a rename over a file costs as much as an fsync. */
    private void overwrite(ByteBuffer bytes) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.write(bytes, 0);
        }
    }

    /** What shrinks, or is more than one call may write at once, would be half of the old and half of the new after a kill. */
    private void replace(ByteBuffer bytes) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".tmp");
        Files.write(fresh, bytes.array());
        Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void writeIfDirExists(Collection<EpochEntry> epochs) {
        write(epochs);
    }

    /** Epochs of a file that is not what Kafka writes are none: recovery and the next leader give new ones. */
    @Override
    public List<EpochEntry> read() {
        List<EpochEntry> epochs = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(path);
            if (lines.isEmpty()) {
                return epochs;
            }
            // exactly as many as it says: what stands behind them is older
            int count = Integer.parseInt(lines.get(1).trim());
            for (String line : lines.subList(HEADER, HEADER + count)) {
                String[] parts = line.trim().split(" ");
                epochs.add(new EpochEntry(Integer.parseInt(parts[0]), Long.parseLong(parts[1])));
            }
            return epochs;
        } catch (CharacterCodingException | IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("The leader epochs cannot be read; the log starts with the present one.");
            return List.of();
        } catch (IOException e) {
            disk.fail(e);
            throw new KafkaStorageException("Error while reading " + path + ": " + Reason.of(e), e);
        }
    }
}
