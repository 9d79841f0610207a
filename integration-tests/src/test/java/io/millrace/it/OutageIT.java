package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Await;
import io.millrace.it.harness.Cli;
import io.millrace.it.harness.DeadReading;
import io.millrace.it.harness.Flow;
import io.millrace.it.harness.OutageReadings;
import io.millrace.it.harness.OutageRun;
import io.millrace.it.harness.OutageSources;
import io.millrace.it.harness.Server;
import io.millrace.it.harness.ShopSource;
import io.millrace.it.harness.StormProxy;
import io.millrace.it.harness.Target;
import io.millrace.it.harness.TopicReader;
import io.millrace.it.harness.Warehouse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers go away and come back, answer that they have no time, and refuse single records, while readings keep coming: each is in each
 * target once, or a dead letter, and what is not concerned goes on.
 */
@Order(1)
class OutageIT {
    private static final Logger LOG = LoggerFactory.getLogger(OutageIT.class);
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration GOES_ON = Duration.ofSeconds(20);
    /** Sinks pause for 10 s at most between two tries; the rest is for a busy machine. */
    private static final Duration FLOWS_AGAIN = Duration.ofSeconds(30);

    private static final Duration STORM = Duration.ofSeconds(5);
    private static final long SEED = 23;
    /** How long each target is away. */
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("millrace.outage.seconds", 60));

    /** After which time the next one goes too. */
    private static final Duration STAGGER = Duration.ofSeconds(8);

    private static final Duration SOURCE_OUTAGE =
            Duration.ofSeconds(Integer.getInteger("millrace.outage.source.seconds", 10));

    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** How often servers go: killed, stopped, killed... More in the profile {@code chaos}. */
    private static final int ROUNDS = Integer.getInteger("millrace.outage.rounds", 1);

    private static final int STORMS = Integer.getInteger("millrace.outage.storms", 2);
    private static final int ITEMS = 50;
    /** Of those that come while targets are away. */
    private static final int FIRST_ITEM = 1_001;
    /** Above the numbers of items. */
    private static final long FIRST_READING = 1_000_000;

    private static final Set<Target> ALL = EnumSet.allOf(Target.class);

    @TempDir
    static Path folder;

    private static OutageRun run;
    private static OutageReadings readings;

    @BeforeAll
    static void start() throws Exception {
        run = OutageRun.start(
                folder, "insert into items select n, 'item ' || n from generate_series(1, " + ITEMS + ") as n");
        run.awaitRunning();
        readings = new OutageReadings(run, FIRST_READING, SOON, SEED);
        readings.flow().end();
        readings.awaitOnce(FIRST_READING);
        run.contents().awaitItems(SOON);
    }

    @AfterAll
    static void stop() throws Exception {
        run.close();
    }

    /** One after the other goes, and comes back when it was away for its time: so each is missing alone, with another, and with all. */
    @Test
    void whileTargetsAreAwayAllElseGoesOnAndAfterwardsEachHasEveryRecordOnce() throws Exception {
        long first = readings.next();
        try (Flow flow = readings.flow();
                OutageSources sources = new OutageSources(run, readings, FIRST_ITEM)) {
            for (int round = 0; round < ROUNDS; round++) {
                awaitGoesOn(ALL, sources, Duration.ZERO);
                Map<Target, Long> away = new EnumMap<>(Target.class);
                for (Target target : Target.values()) {
                    leave(run.server(target), round);
                    away.put(target, System.nanoTime());
                    awaitGoesOn(EnumSet.complementOf(EnumSet.copyOf(away.keySet())), sources, STAGGER);
                }
                for (Target target : Target.values()) {
                    Set<Target> there = EnumSet.complementOf(EnumSet.copyOf(away.keySet()));
                    awaitGoesOn(there, sources, OUTAGE.minusNanos(System.nanoTime() - away.get(target)));
                    comeBack(target, away.remove(target));
                }
            }
            flow.end();
        }
        readings.awaitOnce(first);
        run.contents().awaitItems(SOON);
        assertThat(readings.dead(0)).noneMatch(letter -> letter.id() >= first || letter.id() < FIRST_READING);
    }

    private static void comeBack(Target target, long since) throws Exception {
        assertThat(Duration.ofNanos(System.nanoTime() - since))
                .as("%s was away", target)
                .isGreaterThanOrEqualTo(OUTAGE);
        run.start(run.server(target));
        long back = System.nanoTime();
        readings.awaitGoesOn(Set.of(target), FLOWS_AGAIN);
        LOG.info("{} goes on {} ms after it was back", target, (System.nanoTime() - back) / 1_000_000);
    }

    /** For some time: both sources are read, the layers go on, and these targets receive. */
    private static void awaitGoesOn(Set<Target> targets, OutageSources sources, Duration time) throws Exception {
        long since = System.nanoTime();
        do {
            readings.awaitGoesOn(targets, GOES_ON);
            sources.awaitGoOn(GOES_ON);
            LockSupport.parkNanos(PAUSE.toNanos());
        } while (System.nanoTime() - since < time.toNanos());
    }

    @Test
    void whileTheSourceDatabaseIsAwayTheOtherSourceGoesOnAndAfterwardsNoChangeIsLost() throws Exception {
        long first = readings.next();
        List<List<String>> slots = slots();
        try (Flow flow = readings.flow()) {
            try (ShopSource source = run.source()) {
                source.execute("update items set note = note || ', changed' where id % 2 = 0");
                source.execute("delete from items where id % 10 = 0");
            }
            for (int round = 0; round < ROUNDS; round++) {
                leave(run.sourceServer(), round);
                long since = System.nanoTime();
                while (System.nanoTime() - since < SOURCE_OUTAGE.toNanos()) {
                    readings.awaitGoesOn(ALL, GOES_ON);
                }
                run.start(run.sourceServer());
            }
            try (ShopSource source = run.source()) {
                source.execute("delete from items where id % 10 = 1");
                source.execute("insert into items select n, 'item ' || n from generate_series(501, 520) as n");
            }
            run.contents().awaitItems(SOON);
            flow.end();
        }
        readings.awaitOnce(first);
        assertThat(slots()).as("the replication slot is the one that was").isEqualTo(slots);
        try (TopicReader raw = TopicReader.open(run.broker(), "raw.outage.items")) {
            assertThat(raw.all().stream().filter(change -> text(change.value()).contains("\"op\":\"r\"")))
                    .as("rows of snapshots: only those of the first")
                    .hasSize(ITEMS);
        }
        assertThat(readings.dead(0)).noneMatch(letter -> letter.id() < FIRST_READING);
    }

    @Test
    void stormsOfRefusalsLoseNothingAndDoNotConcernTheWarehouse() throws Exception {
        Random random = new Random(SEED);
        long first = readings.next();
        List<Integer> refusals = new ArrayList<>(List.of(429, 503));
        try (Flow flow = readings.flow()) {
            for (int storm = 0; storm < STORMS; storm++) {
                List<Integer> before =
                        run.proxies().stream().map(StormProxy::refused).toList();
                Collections.rotate(refusals, 1);
                run.proxies().get(0).storm(refusals.get(0));
                run.proxies().get(1).storm(refusals.get(1));
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < STORM.toNanos()) {
                    readings.awaitGoesOn(Set.of(Target.WAREHOUSE), GOES_ON);
                }
                List<Integer> after =
                        run.proxies().stream().map(StormProxy::refused).toList();
                run.proxies().forEach(StormProxy::calm);
                assertThat(after.get(0)).as("refusals of S3").isGreaterThan(before.get(0));
                assertThat(after.get(1)).as("refusals of the search index").isGreaterThan(before.get(1));
                // the next storm comes anywhere in the recovery from this one
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(2_000)).toNanos());
            }
            flow.end();
        }
        readings.awaitOnce(first);
        assertThat(readings.dead(first)).isEmpty();
    }

    @Test
    void aPoisonRecordOfEachStageIsADeadLetterAloneAndArrivesWhenItsTargetIsMended() throws Exception {
        long first = readings.next();
        try (Flow flow = readings.flow()) {
            readings.awaitGoesOn(ALL, SOON);
            long tooLarge = readings.post(
                    "{\"id\": %d, \"code\": \"1\", \"celsius\": 20.5, \"note\": \"" + "x".repeat(500) + "\"}");
            long tooHot = readings.post("{\"id\": %d, \"code\": \"2\", \"celsius\": 99.5, \"note\": \"hot\"}");
            long noteless = readings.post("{\"id\": %d, \"code\": \"3\", \"celsius\": 20.5, \"note\": null}");
            long noNumber =
                    readings.post("{\"id\": %d, \"code\": \"four\", \"celsius\": 20.5, \"note\": \"no number\"}");
            try (Warehouse warehouse = run.warehouse()) {
                warehouse.execute("alter table readings add constraint not_today check (note <> 'not today')");
            }
            long notToday = readings.post("{\"id\": %d, \"code\": \"5\", \"celsius\": 20.5, \"note\": \"not today\"}");
            readings.awaitGoesOn(ALL, SOON);

            Set<Long> nowhere = Set.of(tooLarge, tooHot);
            Map<Target, Set<Long>> without = new EnumMap<>(Target.class);
            without.put(Target.LAKE, plus(nowhere, noteless));
            without.put(Target.WAREHOUSE, plus(nowhere, notToday));
            without.put(Target.SEARCH, plus(nowhere, noNumber));
            List<DeadReading> expected = List.of(
                    new DeadReading(tooLarge, "source:readings", "transforms[1].Guard", "worker.transform"),
                    new DeadReading(tooHot, "cleaned.readings.validate", "plausible", "validate.failed"),
                    new DeadReading(noteless, "sink:lake", "transforms[1].Guard", "worker.transform"),
                    new DeadReading(noNumber, "sink:search", "task_put", "worker.put"),
                    new DeadReading(notToday, "sink:warehouse", "task_put", "worker.put"));
            Await.until(SOON, () -> assertThat(readings.dead(first)).containsExactlyInAnyOrderElementsOf(expected));

            try (Warehouse warehouse = run.warehouse()) {
                warehouse.execute("alter table readings drop constraint not_today");
            }
            run.index()
                    .put(
                            "readings/_mapping",
                            "{\"properties\": {\"code\": {\"type\": \"integer\", \"ignore_malformed\": true}}}");
            replay("sink:warehouse", "task_put");
            replay("sink:search", "task_put");
            replay("source:readings", "transforms[1].Guard");
            flow.end();

            without.put(Target.WAREHOUSE, nowhere);
            without.put(Target.SEARCH, nowhere);
            readings.awaitOnce(first, without);
            // what is not mended dies again, once
            List<DeadReading> again = new ArrayList<>(expected);
            again.add(expected.get(0));
            Await.until(SOON, () -> assertThat(readings.dead(first)).containsExactlyInAnyOrderElementsOf(again));
        }
    }

    /** Goes away, in even rounds by a kill. */
    private static void leave(Server<?> server, int round) throws Exception {
        if (round % 2 == 0) {
            server.kill();
        } else {
            server.stop();
        }
    }

    private static List<List<String>> slots() throws Exception {
        try (ShopSource source = run.source()) {
            return source.query("select slot_name, plugin, slot_type from pg_replication_slots");
        }
    }

    private static void replay(String stage, String rule) throws Exception {
        Cli.Answer answer =
                Cli.in(folder).millrace("deadletter", "replay", "--stage", stage, "--yes", "--data-dir", run.data());
        assertThat(answer.status()).as(answer.output()).isZero();
        assertThat(answer.output())
                .matches("(?s)1 dead letter of 'outage' entered their stages again:\n  1  " + stage + "  "
                        + Pattern.quote(rule) + "  [0-9a-f]{12}\\b.*");
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static Set<Long> plus(Set<Long> some, long more) {
        Set<Long> all = new HashSet<>(some);
        all.add(more);
        return all;
    }
}
