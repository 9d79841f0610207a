package io.millrace.broker.differential;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.storage.internals.log.ProducerStateManager;

/**
 * The files of a broker that has stopped, as lines that are the same for the same data. Bytes as they are, but for
 *
 * <ul>
 *   <li>batches that hold a time of the broker's clock (markers, log append time, a delete horizon): all else that is in them;
 *   <li>the time indexes of partitions with such batches: an entry less if two of them fall into one millisecond; the offset indexes of
 *       those with a delete horizon, since the sizes of their batches are its matter, too;
 *   <li>random ids: of topics, of group members;
 *   <li>producers' snapshots: what they say, with the broker's times masked;
 *   <li>the coordinators' topics: the records that are in them; how they are put into batches is a matter of time.
 * </ul>
 *
 * <p>The metadata log, and the files of the node itself, are not among them.
 */
final class DataFiles {
    private static final String TIME = "(?<!\\d)(1[89]\\d{11}|17[5-9]\\d{10})(?!\\d)";
    private static final String MEMBER =
            "[\\w.-]*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![\\w-])[\\w-]{22}(?![\\w-])";

    private final Map<String, List<String>> files = new TreeMap<>();

    private DataFiles() {}

    /** By name: a file's lines. */
    static Map<String, List<String>> in(Path folder) throws IOException {
        DataFiles all = new DataFiles();
        for (Path child : children(folder)) {
            String name = child.getFileName().toString();
            if (Files.isDirectory(child) && !name.startsWith("__")) {
                all.partition(child);
            } else if (name.endsWith("-offset-checkpoint")) {
                all.files.put(name, checkpoint(child));
            }
        }
        all.files.put("__consumer_offsets", records(folder, "__consumer_offsets-", DataFiles::groupRecord));
        all.files.put("__transaction_state", records(folder, "__transaction_state-", DataFiles::transactionRecord));
        return all.files;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        }
    }

    /** The partitions in the order of their names, without their count and those of other files than these. */
    private static List<String> checkpoint(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.split(" ").length == 3 && !line.startsWith("__"))
                .sorted()
                .toList();
    }

    private void partition(Path folder) throws IOException {
        boolean ownTimes = anyBatch(folder, DataFiles::ownTime);
        boolean horizons = anyBatch(folder, batch -> batch.deleteHorizonMs().isPresent());
        for (Path file : children(folder)) {
            String name = file.getFileName().toString();
            String key = folder.getFileName() + "/" + name;
            if (name.endsWith(".log")) {
                files.put(key, batches(file));
            } else if (name.endsWith(".snapshot")) {
                files.put(key, producers(file));
                files.put(folder.getFileName() + "/producers at the end", producers(file));
            } else if (name.equals("partition.metadata")) {
                files.put(
                        key,
                        Files.readAllLines(file).stream().map(DataFiles::masked).toList());
            } else if (name.endsWith(".timeindex") && ownTimes || name.endsWith(".index") && horizons) {
                files.put(key, List.of());
            } else {
                files.put(key, List.of(hex(ByteBuffer.wrap(Files.readAllBytes(file)))));
            }
        }
    }

    private static boolean anyBatch(Path folder, Predicate<RecordBatch> kind) throws IOException {
        for (Path log : children(folder)) {
            if (log.toString().endsWith(".log")) {
                try (FileRecords records = FileRecords.open(log.toFile())) {
                    for (RecordBatch batch : records.batches()) {
                        if (kind.test(batch)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    private static boolean ownTime(RecordBatch batch) {
        return batch.isControlBatch()
                || batch.timestampType() == TimestampType.LOG_APPEND_TIME
                || batch.deleteHorizonMs().isPresent();
    }

    private static List<String> batches(Path log) throws IOException {
        List<String> lines = new ArrayList<>();
        try (FileRecords records = FileRecords.open(log.toFile())) {
            for (FileChannelRecordBatch batch : records.batches()) {
                if (ownTime(batch)) {
                    lines.add(told(batch));
                } else {
                    ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
                    batch.writeTo(bytes);
                    lines.add(batch + " " + hex(bytes.flip()));
                }
            }
        }
        return lines;
    }

    private static String told(RecordBatch batch) {
        StringBuilder line = new StringBuilder()
                .append(batch.baseOffset() + "-" + batch.lastOffset())
                .append(" epoch " + batch.partitionLeaderEpoch() + " magic " + batch.magic())
                .append(" " + batch.compressionType() + " " + batch.timestampType())
                .append(batch.isControlBatch() ? " control" : "")
                .append(batch.isTransactional() ? " transactional" : "")
                .append(batch.deleteHorizonMs().isPresent() ? " horizon" : " size " + batch.sizeInBytes())
                .append(" producer " + batch.producerId() + "/" + batch.producerEpoch())
                .append(" sequence " + batch.baseSequence() + "-" + batch.lastSequence());
        for (Record record : batch) {
            line.append(" [" + record.offset() + " " + hex(record.key()) + "=" + hex(record.value()) + " "
                    + (batch.deleteHorizonMs().isPresent() ? record.timestamp() : "") + "]");
        }
        return line.toString();
    }

    private static String hex(ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        byte[] array = new byte[bytes.remaining()];
        bytes.duplicate().get(array);
        return HexFormat.of().formatHex(array);
    }

    private static List<String> producers(Path snapshot) throws IOException {
        return ProducerStateManager.readSnapshot(snapshot.toFile()).stream()
                .map(entry -> masked(entry.toString()))
                .sorted()
                .toList();
    }

    private interface Decoder {
        String told(Record record);
    }

    private static List<String> records(Path folder, String prefix, Decoder decoder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path partition : children(folder)) {
            if (partition.getFileName().toString().startsWith(prefix)) {
                for (Path file : children(partition)) {
                    if (file.toString().endsWith(".log")) {
                        lines.addAll(decoded(file, decoder));
                    }
                }
            }
        }
        return lines;
    }

    private static List<String> decoded(Path log, Decoder decoder) throws IOException {
        List<String> lines = new ArrayList<>();
        try (FileRecords records = FileRecords.open(log.toFile())) {
            for (RecordBatch batch : records.batches()) {
                for (Record record : batch) {
                    String what = batch.isControlBatch()
                            ? "marker " + hex(record.key()) + "=" + hex(record.value())
                            : masked(decoder.told(record));
                    lines.add(what + (batch.isTransactional() ? " of producer " + batch.producerId() : ""));
                }
            }
        }
        return lines;
    }

    private static String groupRecord(Record record) {
        return new GroupCoordinatorRecordSerde()
                .deserialize(record.key(), record.hasValue() ? record.value() : null)
                .toString();
    }

    private static String transactionRecord(Record record) {
        return TransactionLog.read(record.key(), record.hasValue() ? record.value() : null)
                .toString();
    }

    private static String masked(String text) {
        return text.replaceAll(TIME, "time")
                .replaceAll(MEMBER, "id")
                .replaceAll("metadataHash=-?\\d+", "metadataHash=*");
    }
}
