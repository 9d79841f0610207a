package io.millrace.broker.storage;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.server.util.FileLock;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker's data folder, locked for as long as this is open. */
final class DataFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
    private static final String LOCK = ".lock";
    /** Files and folders of other parts of the broker, or of Kafka. */
    private static final Set<String> KNOWN = Set.of(
            LOCK,
            CleanShutdownFileHandler.CLEAN_SHUTDOWN_FILE_NAME,
            "meta.properties",
            "bootstrap.checkpoint",
            "remote-log-index-cache",
            Topic.CLUSTER_METADATA_TOPIC_NAME + "-0");

    private final Path path;
    private final FileLock lock;
    private final CleanShutdownFileHandler marker;

    private DataFolder(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
        this.marker = new CleanShutdownFileHandler(path.toString());
    }

    /**
     * @throws ProblemException {@code broker.folder-in-use} or {@code broker.folder-unwritable}
     */
    static DataFolder open(Path path) {
        try {
            Files.createDirectories(path);
            FileLock lock = new FileLock(path.resolve(LOCK).toFile());
            if (lock.tryLock()) {
                return new DataFolder(path, lock);
            }
            lock.unlockAndClose();
        } catch (IOException e) {
            throw new ProblemException(ExitCode.ENVIRONMENT, unwritable(path, e), e);
        }
        throw new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "broker.folder-in-use",
                        path.toString(),
                        "The data folder '" + path + "' is in use by another broker.",
                        "Stop the other run, or choose another folder and port (--data-dir, --broker-port)."));
    }

    private static Problem unwritable(Path path, IOException e) {
        return Problem.error(
                "broker.folder-unwritable",
                path.toString(),
                "The broker cannot use its data folder '" + path + "': " + Reason.of(e) + ".",
                "Give this user write access to it, or choose another folder (--data-dir).");
    }

    Path path() {
        return path;
    }

    Path of(TopicPartition partition) {
        return path.resolve(UnifiedLog.logDirName(partition));
    }

    /** Whether the last run stopped cleanly; asked once, since this run has not. */
    boolean takeCleanMarker() {
        boolean clean = marker.exists();
        try {
            marker.delete();
        } catch (Exception e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT, unwritable(path, e instanceof IOException io ? io : new IOException(e)), e);
        }
        return clean;
    }

    void writeCleanMarker() {
        try {
            marker.write(-1);
        } catch (Exception e) {
            LOG.atWarn()
                    .addKeyValue("error", e.toString())
                    .log("The clean stop could not be marked; the next start looks at all logs.");
        }
    }

    /** Gives the folder of a deleted partition Kafka's name for what is to be deleted, so that a new topic can have this one. */
    Path doom(TopicPartition partition) throws IOException {
        Path doomed = path.resolve(UnifiedLog.logDeleteDirName(partition));
        Files.move(of(partition), doomed);
        return doomed;
    }

    /** Gives a folder Kafka's name for what belongs to no topic any more, and says so. */
    void setAside(Path folder, TopicPartition partition, String why) throws IOException {
        Path aside = path.resolve(UnifiedLog.logStrayDirName(partition));
        Files.move(folder, aside);
        LOG.atWarn()
                .addKeyValue("topic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .addKeyValue("folder", aside)
                .addKeyValue("reason", why)
                .log("A partition's folder was set aside; its data is untouched, delete it when nobody needs it.");
    }

    /** What lies in the folder; what is neither Kafka's nor ours is named in one line and left alone. */
    Contents contents() {
        Set<TopicPartition> partitions = new HashSet<>();
        List<Path> deleted = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : children.toList()) {
                sort(child, partitions, deleted, foreign);
            }
        } catch (IOException e) {
            throw new ProblemException(ExitCode.ENVIRONMENT, unwritable(path, e), e);
        }
        if (!foreign.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("folder", path)
                    .addKeyValue("found", foreign.stream().sorted().toList())
                    .log("The data folder holds what is not a broker's; it is left alone.");
        }
        return new Contents(Set.copyOf(partitions), List.copyOf(deleted));
    }

    private static void sort(Path child, Set<TopicPartition> partitions, List<Path> deleted, List<String> foreign)
            throws IOException {
        String name = String.valueOf(child.getFileName());
        if (KNOWN.contains(name) || Checkpoints.isCheckpoint(name)) {
            return;
        }
        TopicPartition partition = parse(child.toFile());
        if (partition == null || name.endsWith(LogFileUtils.FUTURE_DIR_SUFFIX) || !Files.isDirectory(child)) {
            foreign.add(name);
        } else if (name.endsWith(LogFileUtils.DELETE_DIR_SUFFIX)) {
            deleted.add(child);
        } else if (name.endsWith(LogFileUtils.STRAY_DIR_SUFFIX)) {
            LOG.atDebug().addKeyValue("folder", child).log("A folder set aside by an earlier run.");
        } else if (holdsLog(child)) {
            partitions.add(partition);
        } else {
            foreign.add(name);
        }
    }

    private static @Nullable TopicPartition parse(File child) {
        try {
            TopicPartition partition = UnifiedLog.parseTopicPartitionName(child);
            return partition.partition() >= 0 ? partition : null;
        } catch (KafkaException | IOException e) {
            return null;
        }
    }

    private static boolean holdsLog(Path child) throws IOException {
        if (PartitionMetadataFile.newFile(child.toFile()).exists()) {
            return true;
        }
        try (Stream<Path> files = Files.list(child)) {
            List<Path> all = files.toList();
            // an empty one is what a kill between making the folder and its first file leaves
            return all.isEmpty() || all.stream().anyMatch(file -> LogFileUtils.isLogFile(file.toFile()));
        }
    }

    @Override
    public void close() {
        try {
            // the file stays: deleting it would let two brokers lock two files of one name
            lock.unlockAndClose();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("The data folder's lock could not be given back.");
        }
    }

    /**
     * @param partitions those that have a folder
     * @param deleted folders of deleted partitions whose files are still there
     */
    record Contents(Set<TopicPartition> partitions, List<Path> deleted) {}
}
