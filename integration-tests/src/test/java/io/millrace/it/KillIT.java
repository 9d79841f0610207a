package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dev.shop.ShopSchema;
import io.millrace.dev.shop.ShopScript;
import io.millrace.it.harness.KillPoint;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.ShopRun;
import io.millrace.it.harness.ShopSource;
import io.millrace.it.harness.TopicReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Millrace is killed at exact places by a seeded schedule, its services left alone, and started again: the lake holds each record once,
 * and records flow again soon after each start.
 */
@Isolated("it holds how soon records flow again")
class KillIT {
    private static final Logger LOG = LoggerFactory.getLogger(KillIT.class);
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(20);
    private static final Duration FLOWS_AGAIN = Duration.ofSeconds(Integer.getInteger("millrace.kill.flows.again", 15));
    private static final long SEED = 7;
    /** How often each place is hit; one round in CI, more in the profile {@code chaos}. */
    private static final int ROUNDS = Integer.getInteger("millrace.kill.rounds", 1);

    @TempDir
    Path folder;

    @Test
    void nothingIsLostAndNothingIsTwiceWhereverItIsKilled() throws Exception {
        Random random = new Random(SEED);
        try (ShopRun shop = ShopRun.ofTheLake(folder);
                ShopSource source = shop.services().source()) {
            ShopSchema.create(source.connection(), SEED);
            ShopScript script = new ShopScript(SEED);

            killAt(shop, insideTheSnapshot(random));
            // rows that the first snapshot told of and the second one cannot
            source.execute("delete from order_details where order_id in (select min(order_id) from orders)"
                    + " or product_id % 3 = 0");
            List<KillPoint> points = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                points.addAll(schedule(random));
            }
            for (KillPoint point : points) {
                MillraceProcess killed = shop.start(Optional.of(point));
                killed.awaitOutput("Running", SOON);
                // changes keep coming until the kill falls, at the pace of a shop
                while (killed.isAlive()) {
                    script.apply(source.connection(), 1);
                    LockSupport.parkNanos(BETWEEN_CHANGES.toNanos());
                }
                assertThat(killed.awaitExit(SOON)).as("killed at %s", point).isEqualTo(MillraceProcess.KILLED);
                assertFlowsAgain(shop, source, point);
            }
            shop.start();
            shop.awaitReconciled(SOON);
        }
    }

    private static KillPoint insideTheSnapshot(Random random) {
        return new KillPoint(
                "inside the snapshot",
                "io.debezium.pipeline.EventDispatcher",
                "dispatchSnapshotEvent",
                "",
                40 + random.nextInt(100));
    }

    private static List<KillPoint> schedule(Random random) {
        String producer = "org.apache.kafka.clients.producer.KafkaProducer";
        List<KillPoint> points = new ArrayList<>(List.of(
                new KillPoint(
                        "between a source's send and its commit",
                        producer,
                        "commitTransaction",
                        "task-thread-shop.shopdb",
                        1 + random.nextInt(6)),
                new KillPoint(
                        "between a Parquet upload and the commit of its offset",
                        "org.apache.kafka.clients.consumer.KafkaConsumer",
                        "commitSync",
                        "task-thread-shop.lake",
                        1 + random.nextInt(3)),
                new KillPoint(
                        "while Kafka Streams commits",
                        producer,
                        "commitTransaction",
                        "StreamThread",
                        1 + random.nextInt(6))));
        Collections.shuffle(points, random);
        return points;
    }

    private static void killAt(ShopRun shop, KillPoint point) throws Exception {
        MillraceProcess killed = shop.start(Optional.of(point));
        assertThat(killed.awaitExit(SOON)).as("killed at %s", point).isEqualTo(MillraceProcess.KILLED);
    }

    /** A row inserted while nothing runs is in the curated layer's input within 15 s of the start. */
    private static void assertFlowsAgain(ShopRun shop, ShopSource source, KillPoint point) throws Exception {
        int order = 30_000 + point.nth() + point.name().length() * 10;
        source.execute("insert into orders (order_id, customer_id, order_date) select " + order
                + ", min(customer_id), date '1998-01-01' from customers on conflict do nothing");
        long start = System.nanoTime();
        MillraceProcess again = shop.start();
        try (TopicReader enriched = TopicReader.open(shop.broker(), "enriched.shop.orders")) {
            enriched.awaitKey("{\"order_id\":" + order + "}", SOON);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(took).as("records flow again after a kill %s", point).isLessThan(FLOWS_AGAIN);
        LOG.info("records flow again {} ms after a start that followed a kill {}", took.toMillis(), point);
        shop.awaitReconciled(SOON);
        // a clean stop would take the services along
        again.kill();
    }
}
