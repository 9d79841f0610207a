package io.millrace.it.conformance;

import static io.millrace.it.conformance.SourceScenarios.details;
import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What becomes of the records and offsets of a source: items 26, 35, 37 to 39 and 41 to 44. */
final class SourceRecordScenarios {
    private static final Set<Kind> EXACTLY_ONCE = Set.of(Kind.DISTRIBUTED, Kind.OURS);
    private static final String RECORD_SENT = "task.commitRecord";
    private static final Predicate<String> ANY = any -> true;

    private SourceRecordScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("source-secret", SourceRecordScenarios::secret),
                Scenario.of("source-drops", SourceRecordScenarios::drops),
                Scenario.of("source-offsets", SourceRecordScenarios::offsets),
                Scenario.of("source-too-large", SourceRecordScenarios::tooLarge),
                Scenario.of("source-timestamps", SourceRecordScenarios::timestamps),
                Scenario.of("source-negative-timestamp", SourceRecordScenarios::negativeTimestamp),
                Scenario.of("source-topics", SourceRecordScenarios::topics),
                new Scenario("source-offset-of-no-form", EXACTLY_ONCE, SourceRecordScenarios::offsetOfNoForm),
                new Scenario("source-offsets-topic", EXACTLY_ONCE, SourceRecordScenarios::offsetsTopic),
                Scenario.of("source-offset-of-nothing", SourceRecordScenarios::offsetOfNothing),
                new Scenario("boundary-of-batches", EXACTLY_ONCE, SourceRecordScenarios::boundaryOfBatches),
                new Scenario("boundary-connector", EXACTLY_ONCE, SourceRecordScenarios::boundaryConnector),
                new Scenario("boundary-interval", EXACTLY_ONCE, SourceRecordScenarios::boundaryInterval));
    }

    private static void secret(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.secret", "${probe:somewhere:password}"));
        stage.awaitCall("task.secret");
        stage.delete();

        stage.expect(items(26), "secret", details(stage.calls(), "task.secret"), List.of("secret of password"));
    }

    private static void drops(Stage stage) throws Exception {
        Settings settings = stage.source().with("probe.batches", "4").with("transforms.probe.probe.drop", "v2,v4");
        stage.deploy(settings);
        stage.awaitCalls(RECORD_SENT, 4, ANY);
        stage.delete();
        List<String> sent =
                details(stage.calls(), RECORD_SENT).stream().sorted().toList();
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
                    List.of(
                            "[\"source-offsets\",{\"p\":\"0\"}]:{\"n\":3}",
                            "[\"source-offsets\",{\"p\":\"0\"}]:{\"n\":5}"));
        }
    }

    private static void tooLarge(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("probe.records", "2:large=5000")
                .with("producer.override.max.request.size", "2000")
                .with("errors.tolerance", "all"));
        // not its state: on Connect that changes only when the producer is closed
        stage.await("it ends one way or the other", () -> assertThat(
                        stage.count("task.stop", ANY) + stage.count(RECORD_SENT, ANY) / 3)
                .isPositive());
        stage.expect(items(37), "the task fails", stage.count("task.stop", ANY) > 0, stage.kind() == Kind.DISTRIBUTED);
        // its end is not waited for: on Connect it comes with the producer's, half a minute later
        stage.runtime().delete(stage.name());

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
                records.stream()
                        .map(record -> Topics.headers(record).toString())
                        .toList(),
                List.of("{h=h1}", "{h=h2}", "{h=h3}"));
    }

    private static void negativeTimestamp(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.records", "2:timestamp=-5"));
        stage.awaitTask(0, "FAILED");

        stage.expect(items(43), "state of the task", stage.toldTask(0), "FAILED");
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

    private static void offsetsTopic(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.records", "1:topic=connect-offsets"));
        stage.awaitTask(0, "FAILED");

        stage.expect(items(42), "state of the task", stage.toldTask(0), "FAILED");
        stage.delete();
        stage.expect(
                items(42),
                "records of the source there",
                stage.topics().values("connect-offsets").stream()
                        .filter(line -> line.startsWith("k1"))
                        .toList(),
                List.of());
    }

    private static void offsetOfNoForm(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.batches", "1,1").with("probe.records", "2:list offset"));
        stage.awaitTask(0, "FAILED");

        stage.expect(items(38), "state of the task", stage.toldTask(0), "FAILED");
        stage.delete();
        stage.expect(items(38), "records", stage.topics().values(stage.name()), List.of("k1:v1"));
    }

    private static void offsetOfNothing(Stage stage) throws Exception {
        Settings settings = stage.source().with("probe.batches", "1,1").with("probe.records", "2:null offset");
        stage.deploy(settings);
        stage.awaitCalls(RECORD_SENT, 2, ANY);
        stage.delete();
        stage.deploy(settings);
        stage.awaitCalls("task.offset", 2, ANY);
        stage.delete();

        stage.expect(items(38), "offsets of the lives", details(stage.calls(), "task.offset"), List.of("null", "null"));
    }

    private static void boundaryOfBatches(Stage stage) throws Exception {
        Settings settings = stage.source()
                .with("transaction.boundary", "connector")
                .with("probe.batches", "1,1,1")
                .with("probe.records", "3:commit");
        stage.deploy(settings.script("task.poll#1=abort batch;task.poll#2=commit batch;task.poll#3=abort batch"));
        stage.awaitCalls(RECORD_SENT, 1, detail -> detail.startsWith("v3"));
        stage.delete();
        stage.deploy(settings);
        stage.awaitCalls("task.offset", 2, ANY);
        stage.delete();

        stage.expect(
                items(41),
                "a record's wish comes before its batch's",
                stage.topics().values(stage.name()),
                List.of("k2:v2", "k3:v3"));
        stage.expect(
                items(41), "offsets of the lives", details(stage.calls(), "task.offset"), List.of("null", "{n=3}"));
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

        stage.expect(
                items(41),
                "context",
                details(stage.calls(), "task.context").get(0),
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

        stage.expect(items(41), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
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
