package io.millrace.it.conformance;

import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Source tasks: items 18, 21 to 45. */
final class SourceScenarios {
    private static final Set<Kind> EXACTLY_ONCE = Set.of(Kind.DISTRIBUTED, Kind.OURS);
    private static final String RECORD_SENT = "task.commitRecord";
    private static final Predicate<String> ANY = any -> true;

    private SourceScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("source-life", SourceScenarios::life),
                Scenario.of("source-polls-nothing", SourceScenarios::pollsNothing),
                Scenario.of("source-poll-retriable", SourceScenarios::pollRetriable),
                Scenario.of("source-poll-throws", SourceScenarios::pollThrows),
                Scenario.of("source-poll-error", stage -> fails(stage, 25, "task.poll=throw error")),
                Scenario.of("source-initialize-throws", stage -> fails(stage, 23, "task.initialize=throw connect")),
                Scenario.of("source-start-throws", stage -> fails(stage, 23, "task.start=throw connect")),
                Scenario.of("source-fails-once", SourceScenarios::failsOnce),
                Scenario.of("source-stop-throws", SourceScenarios::stopThrows),
                Scenario.of("source-commit-throws", SourceScenarios::commitThrows),
                Scenario.of("source-poll-waits-for-stop", stage -> blocked(stage, "task.poll=wait")),
                Scenario.of("source-poll-hangs", stage -> blocked(stage, "task.poll=hang")),
                Scenario.of("source-secret", SourceScenarios::secret),
                Scenario.of("source-drops", SourceScenarios::drops),
                Scenario.of("source-offsets", SourceScenarios::offsets),
                Scenario.of("source-too-large", SourceScenarios::tooLarge),
                Scenario.of("source-timestamps", SourceScenarios::timestamps),
                Scenario.of("source-negative-timestamp", SourceScenarios::negativeTimestamp),
                Scenario.of("source-topics", SourceScenarios::topics),
                Scenario.of("source-two-tasks", SourceScenarios::twoTasks),
                new Scenario("source-offsets-topic", EXACTLY_ONCE, SourceScenarios::offsetsTopic),
                new Scenario("boundary-connector", EXACTLY_ONCE, SourceScenarios::boundaryConnector),
                new Scenario("boundary-interval", EXACTLY_ONCE, SourceScenarios::boundaryInterval));
    }

    private static void life(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.batches", "2,1").with("transforms.probe.probe.route", "routed"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.awaitCalls("task.commit", 2, ANY);
        if (stage.kind().isExactlyOnce()) {
            stage.expect(
                    items(40),
                    "transactional ids",
                    stage.topics().transactionalIds(stage.name()),
                    List.of("connect-cluster-source-life-0"));
        }
        stage.delete();
        List<Call> calls = stage.calls();
        Story story = stage.story();

        stage.see(items(21, 28, 30, 45), "task's calls", story.task(0));
        stage.see(
                items(21),
                "threads",
                story.by(Call::threadKind, story.ofTasks().and(call -> !call.call().startsWith("commit"))));
        stage.see(items(6), "class loaders", story.by(Call::loaderKind, story.ofTasks().and(call -> !call.what().equals("task.commit"))));
        stage.expect(items(21, 23), "stops", stage.count("task.stop", ANY), 1);
        stage.see(items(62, 63), "configurations", configurations(calls));
        stage.expect(
                items(18),
                "task.class is told",
                stage.count("task.start", detail -> detail.contains("task.class=probeplugin.ProbeSourceTask")),
                1);
        stage.expect(
                items(24), "version is asked before the start", ConnectorScenarios.before(calls, "task.version", "task.start"), true);
        stage.expect(
                items(25),
                "transforms and converters are closed after the task",
                calls.stream()
                        .dropWhile(call -> !call.what().equals("task.stop"))
                        .map(Call::what)
                        .filter(what -> what.endsWith("close"))
                        .distinct()
                        .sorted()
                        .toList(),
                List.of("converter.key.close", "converter.value.close", "headerConverter.close", "transformation.close"));
        stage.expect(items(41), "context", details(calls, "task.context"), List.of(
                "transactions false, metrics true, same configs true"));
        seeCommits(stage, calls);
        stage.expect(
                items(45),
                "order of conversion",
                story.task(0).stream()
                        .filter(line -> line.contains("v1") || line.contains("k1") || line.contains("h1"))
                        .filter(line -> line.startsWith("conv") || line.startsWith("header") || line.startsWith("trans"))
                        .toList(),
                List.of(
                        "transformation.apply source-life v1",
                        "headerConverter.from routed h=h1",
                        "converter.key.from routed k1 headers [h]",
                        "converter.value.from routed v1 headers [h]"));
    }

    private static List<String> configurations(List<Call> calls) {
        return calls.stream()
                .filter(call -> call.call().equals("configure"))
                .map(call -> call.role() + " " + call.detail())
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> details(List<Call> calls, String what) {
        return calls.stream()
                .filter(call -> call.what().equals(what))
                .map(Call::detail)
                .toList();
    }

    private static void seeCommits(Stage stage, List<Call> calls) {
        boolean once = stage.kind().isExactlyOnce();
        stage.expect(
                items(31, 33),
                "threads of commitRecord",
                kinds(calls, RECORD_SENT),
                List.of(once ? "task thread" : "producer thread"));
        // at the end it comes on the task thread there too
        List<String> committing = kinds(calls, "task.commit");
        stage.expect(
                items(32, 33),
                "commit comes on another thread too",
                committing.contains("another thread"),
                !once);
        stage.expect(
                items(31, 33), "commitRecord", details(calls, RECORD_SENT), List.of(
                        "v1 of source-life, at 0", "v2 of source-life, at 1", "v3 of source-life, at " + (once ? 3 : 2)));
        if (once) {
            stage.expect(
                    items(6, 33),
                    "class loaders of commit",
                    new Story(calls).by(Call::loaderKind, call -> call.what().equals("task.commit")),
                    List.of("task.commit: plugin's"));
            stage.see(items(33), "acknowledgements", new Story(calls).acknowledged(0));
        }
    }

    private static List<String> kinds(List<Call> calls, String what) {
        return calls.stream()
                .filter(call -> call.what().equals(what))
                .map(Call::threadKind)
                .distinct()
                .sorted()
                .toList();
    }

    private static void pollsNothing(Stage stage) throws Exception {
        stage.deploy(stage.source().script("task.poll#1=null;task.poll#2=empty"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();

        stage.expect(
                items(28), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.see(items(28), "task's calls", stage.story().task(0));
    }

    /** The n-th poll, while it still has records to give. */
    private static String polls(int from, int to, String action) {
        StringBuilder script = new StringBuilder();
        for (int n = from; n <= to; n++) {
            script.append(n == from ? "" : ";").append("task.poll#").append(n).append('=').append(action);
        }
        return script.toString();
    }

    private static void pollRetriable(Stage stage) throws Exception {
        stage.deploy(stage.source().script(polls(1, 5, "throw retriable")));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        List<Long> times = stage.calls().stream()
                .filter(call -> call.what().equals("task.poll"))
                .map(Call::nanos)
                .limit(6)
                .toList();
        stage.delete();

        stage.expect(
                items(29), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.expect(
                items(29),
                "five polls that fail take more than 1.2 s",
                times.get(5) - times.get(0) > TimeUnit.MILLISECONDS.toNanos(1200),
                false);
        stage.see(items(29), "task's calls", stage.story().task(0));
    }

    private static void pollThrows(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.batches", "2,1").script("task.poll#2=throw connect"));
        stage.awaitTask(0, "FAILED");
        stage.awaitCalls(RECORD_SENT, 2, ANY);
        stage.delete();
        stage.see(items(25, 23, 36), "task's calls", stage.story().task(0));
        stage.deploy(stage.source().with("probe.batches", "2,1"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();

        stage.expect(
                items(36, 39), "offsets of the lives", details(stage.calls(), "task.offset"), List.of("null", "{n=2}"));
        stage.expect(
                items(36), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
    }

    private static void fails(Stage stage, int item, String script) throws Exception {
        stage.deploy(stage.source().script(script));
        stage.awaitTask(0, "FAILED");
        stage.expect(items(item), "state of the task", stage.taskState(0), "FAILED");
        stage.expect(items(item), "state of the connector", stage.connectorState(), "RUNNING");
        stage.expect(
                items(item), "the trace tells why", stage.taskTrace(0).contains("thrown by the probe"), true);
        stage.runtime().delete(stage.name());
        stage.awaitCall("task.stop");
        stage.quiet();

        stage.expect(items(item), "stops", stage.count("task.stop", ANY), 1);
        stage.see(items(item), "task's calls", stage.story().task(0));
    }

    private static void failsOnce(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.worker", "eager").script("task.poll#1=throw connect"));
        if (stage.kind().isOurs()) {
            stage.awaitCalls(RECORD_SENT, 3, ANY);
        } else {
            stage.awaitTask(0, "FAILED");
            stage.quiet();
        }
        stage.expect(items(25), "lives of the task", stage.count("task.start", ANY), 1);
        stage.delete();
    }

    private static void stopThrows(Stage stage) throws Exception {
        stage.deploy(stage.source().script("task.stop=throw connect;connector.stop=throw connect"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();

        stage.see(items(25), "task's calls", stage.story().task(0));
        stage.see(items(8), "connector's calls", stage.story().connector());
    }

    private static void commitThrows(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("probe.batches", "2,1")
                .script("task.commit=throw connect;task.commitRecord=throw connect"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.expect(items(31, 32), "state of the task", stage.taskState(0), "RUNNING");
        stage.delete();

        stage.expect(
                items(31, 32), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
    }

    private static void blocked(Stage stage, String script) throws Exception {
        stage.deploy(stage.source().script(script));
        stage.awaitCall("task.poll");
        long begin = System.nanoTime();
        stage.runtime().delete(stage.name());
        stage.await("it is gone", () -> assertThat(stage.runtime().status(stage.name()).status()).isEqualTo(404));
        long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        stage.await(
                "it was told to stop or is left alone",
                () -> assertThat(!stage.kind().isOurs() || stage.count("task.stop", ANY) == 1).isTrue());
        stage.quiet();

        stage.expect(items(27), "the delete takes less than 20 s", took < 20, true);
        stage.expect(items(27), "stops", stage.count("task.stop", ANY), 0);
        stage.see(items(27), "threads of stop", kinds(stage.calls(), "task.stop"));
    }

    private static void secret(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.secret", "${probe:somewhere:password}"));
        stage.awaitCall("task.secret");
        stage.delete();

        stage.expect(items(26), "secret", details(stage.calls(), "task.secret"), List.of("secret of password"));
    }

    private static void drops(Stage stage) throws Exception {
        Settings settings =
                stage.source().with("probe.batches", "4").with("transforms.probe.probe.drop", "v2,v4");
        stage.deploy(settings);
        stage.awaitCalls(RECORD_SENT, 4, ANY);
        stage.delete();
        List<String> sent = details(stage.calls(), RECORD_SENT).stream().sorted().toList();
        stage.deploy(settings);
        stage.awaitCalls("task.offset", 2, ANY);
        stage.delete();

        stage.expect(items(31, 35), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k3:v3"));
        stage.expect(
                items(31),
                "commitRecord",
                sent,
                List.of(
                        "v1 of source-drops, at 0",
                        "v2 of source-drops, no metadata",
                        "v3 of source-drops, at 1",
                        "v4 of source-drops, no metadata"));
        stage.expect(
                items(35), "offsets of the lives", details(stage.calls(), "task.offset"), List.of("null", "{n=3}"));
    }

    private static void offsets(Stage stage) throws Exception {
        stage.deploy(stage.source());
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();
        stage.deploy(stage.source().with("probe.batches", "3,2"));
        stage.awaitCalls(RECORD_SENT, 5, ANY);
        stage.delete();

        stage.expect(
                items(39), "offsets of the lives", details(stage.calls(), "task.offset"), List.of("null", "{n=3}"));
        stage.expect(
                items(34, 38),
                "records",
                stage.topics().values(stage.name()),
                List.of("k1:v1", "k2:v2", "k3:v3", "k4:v4", "k5:v5"));
        if (stage.kind().isExactlyOnce()) {
            stage.expect(
                    items(38),
                    "offsets topic",
                    stage.topics().values("connect-offsets").stream()
                            .filter(line -> line.contains("\"source-offsets\""))
                            .toList(),
                    List.of("[\"source-offsets\",{\"p\":\"0\"}]:{\"n\":3}", "[\"source-offsets\",{\"p\":\"0\"}]:{\"n\":5}"));
        }
    }

    private static void tooLarge(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("probe.records", "2:large=5000")
                .with("producer.override.max.request.size", "2000")
                .with("errors.tolerance", "all"));
        // not its state: on Connect that changes only when the producer is closed, half a minute later
        stage.await(
                "it ends one way or the other",
                () -> assertThat(stage.count("task.stop", ANY) + stage.count(RECORD_SENT, ANY) / 3).isPositive());
        stage.expect(
                items(37),
                "the task fails",
                stage.count("task.stop", ANY) > 0,
                stage.kind() == Kind.DISTRIBUTED);
        stage.delete();

        stage.expect(
                items(37),
                "records",
                stage.topics().exists(stage.name()) ? stage.topics().values(stage.name()) : List.of(),
                stage.kind() == Kind.DISTRIBUTED ? List.of() : List.of("k1:v1", "k3:v3"));
        stage.expect(
                items(37),
                "commitRecord without metadata",
                stage.count(RECORD_SENT, detail -> detail.contains("no metadata")),
                stage.kind() == Kind.DISTRIBUTED ? 0 : 1);
    }

    private static void timestamps(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.records", "1:timestamp=-1,2:timestamp=1000"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();
        List<ConsumerRecord<byte[], byte[]>> records = stage.topics().records(stage.name());

        stage.expect(
                items(43),
                "timestamps",
                records.stream()
                        .map(record -> record.timestamp() == 1000 ? "as given" : "now")
                        .toList(),
                List.of("now", "as given", "now"));
        stage.expect(
                items(43),
                "headers",
                records.stream().map(record -> Topics.headers(record).toString()).toList(),
                List.of("{h=h1}", "{h=h2}", "{h=h3}"));
    }

    private static void negativeTimestamp(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.records", "2:timestamp=-5"));
        stage.awaitTask(0, "FAILED");

        stage.expect(items(43), "state of the task", stage.taskState(0), "FAILED");
        stage.delete();
    }

    private static void topics(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("probe.records", "1:topic=source-topics-few,2:topic=source-topics-not")
                .with("topic.creation.groups", "few")
                .with("topic.creation.few.include", "source-topics-.*")
                .with("topic.creation.few.exclude", ".*-not")
                .with("topic.creation.few.partitions", "3")
                .with("topic.creation.default.partitions", "2"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();

        stage.expect(
                items(44),
                "partitions",
                List.of(
                        stage.topics().partitions("source-topics-few").orElse(0),
                        stage.topics().partitions("source-topics-not").orElse(0),
                        stage.topics().partitions("source-topics").orElse(0)),
                List.of(3, 2, 2));
    }

    private static void twoTasks(Stage stage) throws Exception {
        stage.deploy(stage.source().with("tasks.max", "3").with("probe.tasks", "2"));
        stage.awaitCalls(RECORD_SENT, 6, ANY);
        stage.delete();

        stage.see(items(21), "calls of the second task", stage.story().task(1));
        if (stage.kind().isExactlyOnce()) {
            stage.expect(
                    items(40),
                    "transactional ids",
                    stage.topics().transactionalIds(stage.name()),
                    List.of("connect-cluster-source-two-tasks-0", "connect-cluster-source-two-tasks-1"));
        }
    }

    private static void offsetsTopic(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.records", "1:topic=connect-offsets"));
        stage.awaitTask(0, "FAILED");

        stage.expect(items(42), "state of the task", stage.taskState(0), "FAILED");
        stage.delete();
        stage.expect(
                items(42),
                "records of the source there",
                stage.topics().values("connect-offsets").stream()
                        .filter(line -> line.startsWith("k1"))
                        .toList(),
                List.of());
    }

    private static void boundaryConnector(Stage stage) throws Exception {
        Settings settings = stage.source()
                .with("transaction.boundary", "connector")
                .with("exactly.once.support", "required")
                .with("probe.batches", "2,2,2,1")
                .with("probe.records", "2:commit,4:abort");
        stage.deploy(settings.script("task.poll#3=commit batch"));
        stage.awaitCalls("task.poll", 1, detail -> detail.equals("nothing"));
        stage.awaitCalls(RECORD_SENT, 1, detail -> detail.startsWith("v6"));
        stage.delete();
        stage.see(items(41), "task's calls", stage.story().task(0));
        // on Connect those of the aborted ones depend on whether the producer had sent them already
        stage.see(
                items(41),
                "acknowledgements of what is committed",
                stage.story().acknowledged(0).stream()
                        .filter(line -> line.matches("task.(poll|commitRecord v[1256]).*"))
                        .toList());
        stage.deploy(settings);
        stage.awaitCalls("task.offset", 2, ANY);
        stage.delete();

        stage.expect(items(41), "context", details(stage.calls(), "task.context").get(0),
                "transactions true, metrics true, same configs true");
        stage.expect(
                items(41), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k5:v5", "k6:v6"));
        stage.expect(
                items(41), "offsets of the lives", details(stage.calls(), "task.offset"), List.of("null", "{n=6}"));
    }

    private static void boundaryInterval(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("transaction.boundary", "interval")
                .with("transaction.boundary.interval.ms", "1500")
                .with("probe.batches", "1,1,1"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();

        stage.expect(
                items(41), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.expect(
                items(41),
                "commitRecord before the interval is over",
                firstOf(stage.calls(), RECORD_SENT) - firstOf(stage.calls(), "task.start")
                        < TimeUnit.MILLISECONDS.toNanos(1400),
                false);
    }

    private static long firstOf(List<Call> calls, String what) {
        return calls.stream()
                .filter(call -> call.what().equals(what))
                .mapToLong(Call::nanos)
                .findFirst()
                .orElseThrow();
    }
}
