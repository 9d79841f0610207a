package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Await;
import io.millrace.it.harness.Cli;
import io.millrace.it.harness.Flow;
import io.millrace.it.harness.OutageRun;
import io.millrace.it.harness.OutageRun.Target;
import io.millrace.it.harness.Server;
import io.millrace.it.harness.ShopSource;
import io.millrace.it.harness.StormProxy;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers go away and come back, answer that they have no time, and refuse single records, while readings keep coming: each is in each
 * target once, or a dead letter, and what is not concerned goes on.
 */
class OutageIT {
    private static final Logger LOG = LoggerFactory.getLogger(OutageIT.class);
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration GOES_ON = Duration.ofSeconds(20);
    private static final Duration STORM = Duration.ofSeconds(5);
    private static final long SEED = 23;
    /** How long a server is away; more in the profile {@code chaos}. */
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("millrace.outage.seconds", 10));

    /** How often it goes: killed, stopped, killed... */
    private static final int ROUNDS = Integer.getInteger("millrace.outage.rounds", 1);

    private static final int STORMS = Integer.getInteger("millrace.outage.storms", 2);
    private static final int ITEMS = 50;
    /** Above the numbers of items. */
    private static final long FIRST_READING = 1_000;

    private static final Set<Target> ALL = EnumSet.allOf(Target.class);
    private static final Pattern ID = Pattern.compile("\"id\": ?(\\d+)");

    @TempDir
    static Path folder;

    private static OutageRun run;
    private static final AtomicLong NEXT = new AtomicLong(FIRST_READING);

    @BeforeAll
    static void start() throws Exception {
        run = OutageRun.start(
                folder, "insert into items select n, 'item ' || n from generate_series(1, " + ITEMS + ") as n");
        run.awaitRunning();
        flow().end();
        awaitOnce(FIRST_READING);
        awaitItems();
    }

    @AfterAll
    static void stop() throws Exception {
        run.close();
    }

    @ParameterizedTest
    @EnumSource
    void whileATargetIsAwayTheOthersGoOnAndAfterwardsItHasEveryRecordOnce(Target target) throws Exception {
        long first = NEXT.get();
        Set<Target> others = EnumSet.complementOf(EnumSet.of(target));
        try (Flow flow = flow()) {
            for (int round = 0; round < ROUNDS; round++) {
                awaitGoesOn(Set.of(target), SOON);
                away(run.server(target), round, others);
                long back = System.nanoTime();
                awaitGoesOn(Set.of(target), SOON);
                LOG.info("{} goes on {} ms after it was back", target, (System.nanoTime() - back) / 1_000_000);
            }
            flow.end();
        }
        awaitOnce(first);
        assertThat(letters(first)).isEmpty();
    }

    @Test
    void whileTheSourceDatabaseIsAwayTheOtherSourceGoesOnAndAfterwardsNoChangeIsLost() throws Exception {
        long first = NEXT.get();
        List<List<String>> slots = slots();
        try (Flow flow = flow()) {
            try (ShopSource source = run.source()) {
                source.execute("update items set note = note || ', changed' where id % 2 = 0");
                source.execute("delete from items where id % 10 = 0");
            }
            for (int round = 0; round < ROUNDS; round++) {
                away(run.sourceServer(), round, ALL);
            }
            try (ShopSource source = run.source()) {
                source.execute("delete from items where id % 10 = 1");
                source.execute("insert into items select n, 'item ' || n from generate_series(501, 520) as n");
            }
            awaitItems();
            flow.end();
        }
        awaitOnce(first);
        assertThat(slots()).as("the replication slot is the one that was").isEqualTo(slots);
        try (TopicReader raw = TopicReader.open(run.broker(), "raw.outage.items")) {
            assertThat(raw.all().stream().filter(change -> text(change.value()).contains("\"op\":\"r\"")))
                    .as("rows of snapshots: only those of the first")
                    .hasSize(ITEMS);
        }
        assertThat(letters(0)).noneMatch(letter -> letter.id() < FIRST_READING);
    }

    @Test
    void stormsOfRefusalsLoseNothingAndDoNotConcernTheWarehouse() throws Exception {
        Random random = new Random(SEED);
        long first = NEXT.get();
        List<Integer> refusals = new ArrayList<>(List.of(429, 503));
        try (Flow flow = flow()) {
            for (int storm = 0; storm < STORMS; storm++) {
                List<Integer> before =
                        run.proxies().stream().map(StormProxy::refused).toList();
                Collections.rotate(refusals, 1);
                run.proxies().get(0).storm(refusals.get(0));
                run.proxies().get(1).storm(refusals.get(1));
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < STORM.toNanos()) {
                    awaitGoesOn(Set.of(Target.WAREHOUSE), GOES_ON);
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
        awaitOnce(first);
        assertThat(letters(first)).isEmpty();
    }

    @Test
    void aPoisonRecordOfEachStageIsADeadLetterAloneAndArrivesWhenItsTargetIsMended() throws Exception {
        long first = NEXT.get();
        try (Flow flow = flow()) {
            awaitGoesOn(ALL, SOON);
            long tooLarge =
                    post("{\"id\": %d, \"code\": \"1\", \"celsius\": 20.5, \"note\": \"" + "x".repeat(500) + "\"}");
            long tooHot = post("{\"id\": %d, \"code\": \"2\", \"celsius\": 99.5, \"note\": \"hot\"}");
            long noteless = post("{\"id\": %d, \"code\": \"3\", \"celsius\": 20.5, \"note\": null}");
            long noNumber = post("{\"id\": %d, \"code\": \"four\", \"celsius\": 20.5, \"note\": \"no number\"}");
            try (Warehouse warehouse = run.warehouse()) {
                warehouse.execute("alter table readings add constraint not_today check (note <> 'not today')");
            }
            long notToday = post("{\"id\": %d, \"code\": \"5\", \"celsius\": 20.5, \"note\": \"not today\"}");
            awaitGoesOn(ALL, SOON);

            Set<Long> nowhere = Set.of(tooLarge, tooHot);
            Map<Target, Set<Long>> without = new EnumMap<>(Target.class);
            without.put(Target.LAKE, plus(nowhere, noteless));
            without.put(Target.WAREHOUSE, plus(nowhere, notToday));
            without.put(Target.SEARCH, plus(nowhere, noNumber));
            List<Letter> expected = List.of(
                    new Letter(tooLarge, "source:readings", "transforms[1].Guard", "worker.transform"),
                    new Letter(tooHot, "cleaned.readings.validate", "plausible", "validate.failed"),
                    new Letter(noteless, "sink:lake", "transforms[1].Guard", "worker.transform"),
                    new Letter(noNumber, "sink:search", "task_put", "worker.put"),
                    new Letter(notToday, "sink:warehouse", "task_put", "worker.put"));
            Await.until(SOON, () -> assertThat(letters(first)).containsExactlyInAnyOrderElementsOf(expected));

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
            awaitOnce(first, without);
            // what is not mended dies again, once
            List<Letter> again = new ArrayList<>(expected);
            again.add(expected.get(0));
            Await.until(SOON, () -> assertThat(letters(first)).containsExactlyInAnyOrderElementsOf(again));
        }
    }

    /** A dead letter of a reading. */
    private record Letter(long id, String stage, String rule, String code) {}

    private static Flow flow() {
        return Flow.start(run.devices(), NEXT, OutageIT::reading, SEED);
    }

    private static String reading(long id) {
        return "{\"id\": " + id + ", \"code\": \"" + id % 1000 + "\", \"celsius\": 20.5, \"note\": \"reading " + id
                + "\"}";
    }

    /** Posts one of its own in the midst of the flow. */
    private static long post(String reading) throws Exception {
        long id = NEXT.getAndIncrement();
        run.devices().post(List.of(String.format(reading, id)), SEED, GOES_ON);
        return id;
    }

    /** Takes a server away and brings it back, in even rounds by a kill; meanwhile the targets go on. */
    private static void away(Server<?> server, int round, Set<Target> goOn) throws Exception {
        if (round % 2 == 0) {
            server.kill();
        } else {
            server.stop();
        }
        long since = System.nanoTime();
        while (System.nanoTime() - since < OUTAGE.toNanos()) {
            awaitGoesOn(goOn, GOES_ON);
        }
        run.start(server);
    }

    /** Readings that are posted from now on arrive. */
    private static void awaitGoesOn(Set<Target> targets, Duration timeout) throws Exception {
        long from = NEXT.get();
        for (Target target : targets) {
            Await.until(timeout, () -> assertThat(run.readings(target, from, Long.MAX_VALUE))
                    .as("%s goes on with readings from %s\n%s", target, from, run.tail())
                    .isNotEmpty());
        }
    }

    private static void awaitOnce(long first) throws Exception {
        awaitOnce(first, Map.of());
    }

    /** Each reading from the first on is in each target, once, but for some. */
    private static void awaitOnce(long first, Map<Target, Set<Long>> without) throws Exception {
        long end = NEXT.get();
        for (Target target : Target.values()) {
            Set<Long> missing = without.getOrDefault(target, Set.of());
            List<Long> expected = LongStream.range(first, end)
                    .boxed()
                    .filter(id -> !missing.contains(id))
                    .toList();
            Await.until(SOON, () -> assertSame(target, run.readings(target, first, end), expected));
        }
        assertThat(run.lake().duplicates()).isEmpty();
    }

    private static void assertSame(Target target, List<Long> seen, List<Long> expected) {
        Set<Long> distinct = new HashSet<>(seen);
        assertThat(expected.stream().filter(id -> !distinct.contains(id)))
                .as("readings that are not in %s\n%s", target, run.tail())
                .isEmpty();
        assertThat(seen).as("readings in %s", target).hasSameSizeAs(expected);
    }

    /** Each target has the table of items as the source has it. */
    private static void awaitItems() throws Exception {
        List<List<String>> expected;
        try (ShopSource source = run.source()) {
            expected = source.query("select id, note from items");
        }
        for (Target target : Target.values()) {
            Await.until(SOON, () -> assertThat(run.items(target))
                    .as("items in %s\n%s", target, run.tail())
                    .containsExactlyInAnyOrderElementsOf(expected));
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

    /** Those of the readings from the first on. */
    private static List<Letter> letters(long first) throws Exception {
        try (TopicReader letters = TopicReader.open(run.broker(), "deadletter.outage")) {
            return letters.all().stream()
                    .map(OutageIT::letter)
                    .filter(letter -> letter.id() >= first)
                    .toList();
        }
    }

    private static Letter letter(ConsumerRecord<byte[], byte[]> letter) {
        Matcher id = ID.matcher(text(letter.value()));
        assertThat(id.find()).as(text(letter.value())).isTrue();
        return new Letter(
                Long.parseLong(id.group(1)),
                header(letter, "millrace.stage"),
                header(letter, "millrace.rule"),
                header(letter, "millrace.error.code"));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : text(header.value());
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
