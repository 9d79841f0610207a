package io.millrace.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;

/** What an administrator asks about records and the folders that hold them. */
final class StorageQuestions {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final TopicPartition SECOND = new TopicPartition("orders", 1);

    private final String folder;
    private final Admin admin;
    private final Transcript transcript;

    StorageQuestions(String folder, Admin admin, Transcript transcript) {
        this.folder = folder;
        this.admin = admin;
        this.transcript = transcript;
    }

    void records() {
        transcript.askEach(
                "delete records",
                admin.deleteRecords(Map.of(
                                FIRST,
                                RecordsToDelete.beforeOffset(2),
                                new TopicPartition("orders", 2),
                                RecordsToDelete.beforeOffset(0)))
                        .lowWatermarks());
        transcript.askEach(
                "delete records badly",
                admin.deleteRecords(Map.of(
                                FIRST,
                                RecordsToDelete.beforeOffset(99),
                                SECOND,
                                RecordsToDelete.beforeOffset(-2),
                                new TopicPartition("compacted", 0),
                                RecordsToDelete.beforeOffset(0),
                                new TopicPartition("__transaction_state", 0),
                                RecordsToDelete.beforeOffset(0)))
                        .lowWatermarks());
        for (OffsetSpec spec : List.of(
                OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.maxTimestamp(), OffsetSpec.forTimestamp(1002))) {
            transcript.ask(
                    "offset " + spec.getClass().getSimpleName(),
                    () -> Transcript.get(admin.listOffsets(Map.of(FIRST, spec)).partitionResult(FIRST)));
        }
        transcript.askEach(
                "delete all records",
                admin.deleteRecords(Map.of(SECOND, RecordsToDelete.beforeOffset(-1)))
                        .lowWatermarks());
    }

    void folders() {
        transcript.ask("folders", () -> {
            var described = Transcript.get(admin.describeLogDirs(List.of(1)).allDescriptions());
            List<String> told = new ArrayList<>();
            described.get(1).forEach((path, folder) -> folder.replicaInfos().forEach((partition, replica) -> {
                if (!partition.topic().startsWith("__")) {
                    told.add(path + " " + partition + " " + replica);
                }
            }));
            told.add(described.get(1).values().stream()
                    .map(d -> d.error() + " " + d.totalBytes().isPresent() + " "
                            + d.usableBytes().isPresent() + " " + d.isCordoned())
                    .toList()
                    .toString());
            return told.stream().sorted().toList();
        });
        TopicPartitionReplica replica = new TopicPartitionReplica("orders", 0, 1);
        transcript.askEach(
                "folder of", admin.describeReplicaLogDirs(List.of(replica)).values());
        transcript.askEach(
                "move", admin.alterReplicaLogDirs(Map.of(replica, folder)).values());
        transcript.askEach(
                "move badly",
                admin.alterReplicaLogDirs(
                                Map.of(replica, "/nowhere", new TopicPartitionReplica("nowhere", 0, 1), folder))
                        .values());
    }
}
