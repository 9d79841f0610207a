package io.millrace.broker.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that is killed again and again while clients work, which live through it. The clients are told of every
 * acknowledgement; at the end the broker must have kept what it said.
 */
class CrashRoundsTest {
    private static final int ROUNDS = Integer.getInteger("millrace.broker.crash.rounds", 2);
    private static final long SEED = Long.getLong("millrace.broker.crash.seed", 20_261_122L);
    private static final String ENGINE = System.getProperty("millrace.broker.crash.engine", "light");
    private static final int LONGEST_LIFE_MILLIS = 1_000;
    private static final int EARLY_DEATH_MILLIS = 1_200;

    @TempDir
    Path home;

    private final Random random = new Random(SEED);
    private final List<String> created = new ArrayList<>();

    @Test
    void keepsEveryPromiseThroughKills() throws Exception {
        try (BrokerProcess broker = BrokerProcess.in(Files.createDirectory(home.resolve("data")), ENGINE)) {
            broker.start();
            Clients clients = new Clients(broker.bootstrapServers());
            try (Admin admin = Admin.create(clients.config(Map.of("request.timeout.ms", 5_000)))) {
                create(admin, List.of("plain", "numbered", "left", "right", "moved-classic", "moved-consumer"));
                SendingLoad plain = new SendingLoad(clients, "plain", false);
                SendingLoad numbered = new SendingLoad(clients, "numbered", true);
                TransactionLoad transactions = new TransactionLoad(clients, new Random(SEED));
                MovingLoad classic = new MovingLoad(clients, "numbered", "moved-classic", "classic");
                MovingLoad modern = new MovingLoad(clients, "numbered", "moved-consumer", "consumer");
                CommittingLoad committing = new CommittingLoad(clients, "plain");
                List<Load> loads = List.of(plain, numbered, transactions, classic, modern, committing);
                loads.forEach(Load::start);
                for (int round = 0; round < ROUNDS; round++) {
                    kill(broker, admin, round, loads);
                }
                loads.forEach(Load::stop);
                for (Load load : loads) {
                    load.finish();
                }
                System.out.printf(
                        "crash rounds %d seed %d: plain %d, idempotent %d, transactions %d+%d-%d?, movers failed %d %d%n",
                        ROUNDS,
                        SEED,
                        plain.acknowledged(),
                        numbered.acknowledged(),
                        transactions.committed().size(),
                        transactions.aborted().size(),
                        transactions.unknown().size(),
                        classic.failures(),
                        modern.failures());
                everyRecordAtLeastOnce(clients, plain.acknowledged());
                everyRecordOnceAndInOrder(clients, numbered.acknowledged());
                transactionsAreWholeOrNotThere(clients, transactions);
                movedOnce(clients, "moved-classic");
                movedOnce(clients, "moved-consumer");
                commitsAreKept(clients, committing);
                assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS)).containsAll(created);
            }
        }
    }

    private void kill(BrokerProcess broker, Admin admin, int round, List<Load> loads) throws Exception {
        create(admin, List.of("round-" + round));
        if (random.nextInt(4) != 0) {
            awaitSteps(loads, 1 + random.nextInt(10));
        }
        assertThat(broker.killAfter(random.nextInt(LONGEST_LIFE_MILLIS)))
                .as("lived until it was killed")
                .isTrue();
        if (random.nextInt(3) == 0) {
            broker.launch();
            assertThat(broker.killAfter(random.nextInt(EARLY_DEATH_MILLIS)))
                    .as("lived until it was killed while it started")
                    .isTrue();
        }
        broker.start();
    }

    /** Every client works again. */
    private static void awaitSteps(List<Load> loads, int count) {
        List<Integer> before = loads.stream().map(Load::steps).toList();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (int i = 0; i < loads.size(); i++) {
            Load load = loads.get(i);
            while (load.alive() && load.steps() < before.get(i) + count) {
                assertThat(System.nanoTime())
                        .as("%s goes on after a restart", load)
                        .isLessThan(deadline);
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private void create(Admin admin, List<String> topics) throws Exception {
        admin.createTopics(topics.stream()
                        .map(name -> new NewTopic(name, 3, (short) 1))
                        .toList())
                .all()
                .get(20, TimeUnit.SECONDS);
        created.addAll(topics);
    }

    private static void everyRecordAtLeastOnce(Clients clients, int acknowledged) {
        Set<Integer> found = new HashSet<>();
        clients.committed("plain").forEach(record -> found.add(Integer.parseInt(record.value())));
        assertThat(found).hasSize(acknowledged);
    }

    private static void everyRecordOnceAndInOrder(Clients clients, int acknowledged) {
        Map<Integer, Integer> next = new HashMap<>(Map.of(0, 0, 1, 1, 2, 2));
        List<ConsumerRecord<String, String>> records = clients.committed("numbered");
        for (ConsumerRecord<String, String> record : records) {
            assertThat(Integer.parseInt(record.value()))
                    .as("%s", record)
                    .isEqualTo(next.merge(record.partition(), 3, Integer::sum) - 3);
        }
        assertThat(records).hasSize(acknowledged);
    }

    private static void transactionsAreWholeOrNotThere(Clients clients, TransactionLoad load) {
        Map<Integer, List<String>> found = new HashMap<>();
        for (String topic : List.of("left", "right")) {
            for (ConsumerRecord<String, String> record : clients.committed(topic)) {
                String[] parts = record.value().split("/", 2);
                found.computeIfAbsent(Integer.valueOf(parts[0]), n -> new ArrayList<>())
                        .add(parts[1]);
            }
        }
        found.forEach((number, records) -> assertThat(records)
                .as("transaction %s", number)
                .containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5"));
        assertThat(found.keySet()).containsAll(load.committed()).doesNotContainAnyElementsOf(load.aborted());
    }

    /** The group's transactions moved a prefix of each partition; its offsets say how much. */
    private static void movedOnce(Clients clients, String topic) {
        Map<Integer, Integer> next = new HashMap<>(Map.of(0, 0, 1, 1, 2, 2));
        Map<Integer, Long> count = new HashMap<>();
        for (ConsumerRecord<String, String> record : clients.committed(topic)) {
            assertThat(Integer.parseInt(record.value()))
                    .as("%s", record)
                    .isEqualTo(next.merge(record.partition(), 3, Integer::sum) - 3);
            count.merge(record.partition(), 1L, Long::sum);
        }
        Map<Integer, Long> offsets = new HashMap<>();
        committedOffsets(clients, topic, "numbered").forEach((p, o) -> offsets.put(p.partition(), o));
        assertThat(offsets).as("offsets of %s", topic).isEqualTo(count).isNotEmpty();
    }

    private static void commitsAreKept(Clients clients, CommittingLoad load) {
        assertThat(load.committed()).isNotEmpty();
        assertThat(committedOffsets(clients, CommittingLoad.GROUP, "plain")).isEqualTo(load.committed());
    }

    private static Map<TopicPartition, Long> committedOffsets(Clients clients, String group, String topic) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = clients.consumer(Map.of("group.id", group))) {
            Set<TopicPartition> partitions = new HashSet<>(Clients.partitions(consumer.partitionsFor(topic)));
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
            committed.forEach((partition, offset) -> {
                if (offset != null) {
                    offsets.put(partition, offset.offset());
                }
            });
        }
        return offsets;
    }
}
