package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;

/** Fills the disk of the folder it is given, makes space, goes on, starts again; says {@code all there} when nothing is lost. */
final class DiskFullProgram {
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);
    private static final String PAYLOAD = "x".repeat(3_000);
    private static final int ROUNDS = 3;

    private DiskFullProgram() {}

    /** Arguments: the folder, and the reserve in bytes. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        StorageConfig config = StorageConfig.in(folder.resolve("data")).withReserve(Long.parseLong(args[1]));
        ManualTime time = new ManualTime();
        UnaryOperator<Topics> topics = t -> t.create("t", 2, Map.of("index.interval.bytes", "100"));
        List<String> acknowledged = new ArrayList<>();
        Path ballast = folder.resolve("ballast");
        try (Shop shop = Shop.open(config, time, topics)) {
            for (int round = 0; round < ROUNDS; round++) {
                load(ballast);
                int refused = fill(shop, acknowledged, round);
                System.out.println("round " + round + ": " + acknowledged.size() + " acknowledged, then refused: "
                        + shop.store.health() + ", " + refused);
                Files.delete(ballast);
                time.pass(1_000);
                acknowledge(shop, acknowledged, "after-" + round);
                check(shop.read(T0), acknowledged);
            }
        }
        try (Shop shop = Shop.open(config, time, topics).recovered()) {
            check(shop.read(T0), acknowledged);
            check(shop.store.health().failed().keySet(), java.util.Set.of());
        }
        System.out.println("all there");
    }

    private static void load(Path ballast) {
        try {
            Files.write(ballast, new byte[3 << 20]);
        } catch (IOException e) {
            System.out.println("full before the broker writes");
        }
    }

    /** Until ten appends in a row are refused, with some seconds between. */
    private static int fill(Shop shop, List<String> acknowledged, int round) {
        int refused = 0;
        for (int i = 0; refused < 10; i++) {
            try {
                acknowledge(shop, acknowledged, round + "-" + i + PAYLOAD);
                refused = 0;
            } catch (KafkaStorageException e) {
                refused++;
                shop.time.pass(1_000);
                touch(shop);
            }
        }
        return refused;
    }

    private static void touch(Shop shop) {
        try {
            shop.write(T1, "y");
        } catch (KafkaStorageException e) {
            // full for all
        }
    }

    private static void acknowledge(Shop shop, List<String> acknowledged, String value) {
        shop.write(T0, value);
        acknowledged.add(value);
    }

    private static void check(Object found, Object expected) {
        if (!found.equals(expected)) {
            throw new AssertionError("found " + String.valueOf(found).length() + " characters, not "
                    + String.valueOf(expected).length());
        }
    }
}
