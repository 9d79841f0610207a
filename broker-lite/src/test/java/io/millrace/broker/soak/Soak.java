package io.millrace.broker.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;

/**
 * One run: a broker, two instances of each application, a steady feed, and faults, of which the caller says which and when. Its thread is the
 * caller's; the feed and the reader have their own.
 */
final class Soak implements AutoCloseable {
    private static final int PARTITIONS = 4;
    private static final int BROKER_HEAP = 192;
    private static final int INSTANCE_HEAP = 192;
    private static final Duration STALL = Duration.ofSeconds(Integer.getInteger("millrace.soak.stall.seconds", 90));
    private static final String ENGINE = System.getProperty("millrace.soak.engine", "light");

    /** What a broker may have alive in its heap, and resident beside its heap, above what it had when it was warm. */
    private static final long GROWTH_ALIVE_MEGABYTES = 24;

    private static final long GROWTH_RESIDENT_MEGABYTES = 160;

    private final long began = System.nanoTime();
    private final Random random;
    private final Child broker;
    private final List<Child> instances;
    private final Admin admin;
    private final List<Outputs> outputs;
    private final Reader reader;
    private final Feed feed;
    private final List<Memory> memory = new ArrayList<>();
    private int life;
    private long bornNanos;

    private Soak(Path home, int port, int eventsPerSecond, long seed) {
        String bootstrap = "127.0.0.1:" + port;
        this.random = new Random(seed);
        this.broker = new Child(
                "broker",
                home,
                BROKER_HEAP,
                SoakBroker.class,
                home.resolve("data").toString(),
                ENGINE,
                String.valueOf(port));
        this.instances = Stream.of("a", "b")
                .map(name -> new Child(
                        "instance-" + name,
                        home,
                        INSTANCE_HEAP,
                        SoakInstance.class,
                        bootstrap,
                        home.resolve("state-" + name).toString()))
                .toList();
        this.admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrap, "reconnect.backoff.max.ms", "200", "request.timeout.ms", "5000"));
        Events events = new Events(System.currentTimeMillis(), seed);
        this.outputs = SoakInstance.PROTOCOLS.stream()
                .map(protocol -> new Outputs(SoakInstance.application(protocol), events))
                .toList();
        this.reader = new Reader(
                bootstrap,
                written().stream()
                        .flatMap(topic -> IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)))
                        .toList(),
                outputs);
        this.feed = new Feed(bootstrap, events, eventsPerSecond, reader::processed);
    }

    /** Starts everything; {@code home} takes the broker's data, the applications' state, and what all of them log. */
    static Soak start(Path home, int eventsPerSecond, long seed) throws Exception {
        Soak soak = new Soak(home, freePort(), eventsPerSecond, seed);
        try {
            soak.begin();
        } catch (Throwable e) {
            soak.close();
            throw e;
        }
        return soak;
    }

    private void begin() throws Exception {
        bear();
        createTopics();
        feed.rates();
        for (Child instance : instances) {
            instance.start();
        }
        reader.start();
        feed.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private void bear() throws IOException, InterruptedException {
        broker.start();
        life++;
        bornNanos = System.nanoTime();
    }

    private static List<String> written() {
        return SoakInstance.PROTOCOLS.stream()
                .flatMap(protocol -> SoakTopology.outputs(SoakInstance.application(protocol)).stream())
                .toList();
    }

    private void createTopics() throws Exception {
        Map<String, String> kept = Map.of("retention.ms", "-1");
        admin.createTopics(Stream.concat(Stream.of(SoakTopology.EVENTS, SoakTopology.RATES), written().stream())
                        .map(name -> new NewTopic(name, PARTITIONS, (short) 1).configs(kept))
                        .toList())
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** How long the present broker has lived. */
    Duration brokersAge() {
        return Duration.ofNanos(System.nanoTime() - bornNanos);
    }

    Random random() {
        return random;
    }

    void killBroker() throws Exception {
        say("kill -9 of the broker");
        broker.kill();
        bear();
    }

    void killInstance(int which) throws Exception {
        awaitWork(which);
        say("kill -9 of instance " + which);
        instances.get(which).kill();
        instances.get(which).start();
    }

    void restartInstance(int which) throws Exception {
        awaitWork(which);
        say("clean restart of instance " + which);
        instances.get(which).stop("closed");
        instances.get(which).start();
    }

    /** An instance that has no tasks, or none yet, would be stopped without harm; and the moment must not be that of a commit. */
    private void awaitWork(int which) throws Exception {
        long deadline = System.nanoTime() + STALL.toNanos();
        while (Long.parseLong(instances.get(which).ask('t', "tasks")) == 0) {
            check();
            assertThat(System.nanoTime())
                    .as("deadline of tasks for instance %s", which)
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        awaitProgress();
        run(Duration.ofMillis(random.nextInt(400)));
    }

    /** Every partition of every application processes what is sent from now on. */
    private void awaitProgress() {
        long wanted = feed.sent() + 1;
        long deadline = System.nanoTime() + STALL.toNanos() * 2;
        while (reader.reached() < wanted) {
            check();
            assertThat(System.nanoTime())
                    .as("deadline of event %s; %s", wanted, reader.counts())
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** The same, and prints how long it took. */
    void awaitRecovery() {
        long from = System.nanoTime();
        awaitProgress();
        say("all go on after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from) + " ms");
    }

    /** Lets everything run for a while. */
    void run(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            check();
            LockSupport.parkNanos(Math.min(TimeUnit.MILLISECONDS.toNanos(100), end - System.nanoTime()));
        }
    }

    private void check() {
        feed.check();
        reader.check();
        assertThat(reader.longestStall()).as("stall; %s", reader.counts()).isLessThan(STALL);
        assertThat(Stream.concat(Stream.of(broker), instances.stream())).allSatisfy(child -> assertThat(child.alive())
                .as("alive; see %s", child.log())
                .isTrue());
    }

    /** Prints what the broker holds, and remembers it. */
    void measure() throws Exception {
        Memory now = Memory.of(broker, life, brokersAge());
        memory.add(now);
        say(now + "; sent " + feed.sent() + ", processed " + reader.processed() + ", longest stall "
                + reader.longestStall().toMillis() + " ms");
    }

    /** Of the last life: after a warm-up of this length, it holds as much as before and only a little more. */
    void assertNoGrowth(Duration warmUp) {
        List<Memory> warm = memory.stream()
                .filter(each -> each.life() == life && each.age().compareTo(warmUp) >= 0)
                .toList();
        assertThat(warm).as("samples of the last life").hasSizeGreaterThan(1);
        Memory first = warm.get(0);
        assertThat(warm).allSatisfy(each -> {
            assertThat(each.aliveMegabytes())
                    .as("%s, after %s", each, first)
                    .isLessThanOrEqualTo(first.aliveMegabytes() + GROWTH_ALIVE_MEGABYTES);
            assertThat(each.residentMegabytes())
                    .as("%s, with a heap of %s MB", each, BROKER_HEAP)
                    .isLessThanOrEqualTo(BROKER_HEAP + GROWTH_RESIDENT_MEGABYTES);
            assertThat(each.threads()).as("%s", each).isLessThanOrEqualTo(first.threads() + 10);
        });
    }

    /** Ends the feed, waits for its last result, stops the applications, and compares. */
    void finish() throws Exception {
        reader.inputEnds();
        long sent = feed.finish();
        await("the last results of " + sent, () -> outputs.stream().allMatch(each -> each.complete(sent)));
        for (Child instance : instances) {
            instance.stop("closed");
        }
        Map<TopicPartition, Long> ends = new Leftovers(admin).check();
        // what is written twice comes last
        await("the ends " + ends, () -> reader.atEnd(ends));
        reader.close();
        outputs.forEach(each -> each.compare(sent));
        say("done: sent " + sent + ", " + reader.counts() + ", longest stall "
                + reader.longestStall().toMillis() + " ms (" + reader.longestStallOf() + "), threads replaced: "
                + instances.stream().mapToInt(Child::replaced).sum());
    }

    private void await(String what, BooleanSupplier done) {
        long deadline = System.nanoTime() + STALL.toNanos() * 2;
        while (!done.getAsBoolean()) {
            feed.check();
            reader.check();
            assertThat(System.nanoTime())
                    .as("deadline of %s; %s", what, reader.counts())
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private void say(String what) {
        System.out.printf("soak %4d s: %s%n", elapsed().toSeconds(), what);
    }

    @Override
    public void close() throws Exception {
        // the broker last: clients that cannot reach it take long to close
        for (Child instance : instances) {
            instance.close();
        }
        feed.close();
        reader.close();
        admin.close(Duration.ZERO);
        broker.close();
    }
}
