package io.millrace.it.conformance;

import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Failing records, transforms and converters: items 57, 59 to 63. */
final class ErrorScenarios {
    private static final String LETTERS = "errors.deadletterqueue.topic.name";
    private static final String CONNECTS = "__connect.errors.";
    private static final Predicate<String> ANY = any -> true;

    private ErrorScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        Map<String, String> stages = new TreeMap<>(Map.of(
                "transform", "transforms.probe.probe.fail v2",
                "key", "key.converter.probe.fail k2",
                "value", "value.converter.probe.fail v2",
                "header", "header.converter.probe.fail h2"));
        stages.forEach((name, setting) -> {
            String key = setting.split(" ")[0];
            String failing = setting.split(" ")[1] + "=runtime";
            all.add(Scenario.of("sink-tolerates-" + name, stage -> sinkTolerates(stage, key, failing)));
            all.add(Scenario.of("source-tolerates-" + name, stage -> sourceTolerates(stage, key, failing)));
        });
        all.addAll(List.of(
                Scenario.of("sink-tolerates-nothing", ErrorScenarios::sinkToleratesNothing),
                Scenario.of("source-tolerates-nothing", ErrorScenarios::sourceToleratesNothing),
                Scenario.of("retry-transform", stage -> retries(stage, "transforms.probe.probe.fail", "v2")),
                Scenario.of("retry-converter", stage -> retries(stage, "value.converter.probe.fail", "v2")),
                Scenario.of("retry-ends", ErrorScenarios::retryEnds),
                Scenario.of("sink-reports", stage -> reports(stage, settings -> settings.with("probe.errant", "v2"))),
                Scenario.of(
                        "sink-reports-new", stage -> reports(stage, settings -> settings.script("task.put=reportNew"))),
                Scenario.of(
                        "sink-reports-foreign",
                        stage -> reports(stage, settings -> settings.script("task.put=reportForeign"))),
                Scenario.of("sink-reports-intolerant", ErrorScenarios::reportsIntolerant),
                Scenario.of("predicates", ErrorScenarios::predicates)));
        all.add(Scenario.of("sink-letters-without-headers", ErrorScenarios::lettersWithoutHeaders));
        all.add(Scenario.of("sink-tolerates-without-letters", ErrorScenarios::toleratesWithoutLetters));
        all.add(Scenario.of("converters-of-the-worker", ErrorScenarios::convertersOfTheWorker));
        return all;
    }

    private static Settings tolerant(Stage stage) {
        return stage.sink(stage.name())
                .with("errors.tolerance", "all")
                .with(LETTERS, stage.name() + "-letters")
                .with("errors.deadletterqueue.topic.replication.factor", "1")
                .with("errors.deadletterqueue.context.headers.enable", "true");
    }

    private static void sinkTolerates(Stage stage, String key, String failing) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(tolerant(stage).with(key, failing));
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=3"));
        stage.delete();

        stage.see(items(59, 60), "task's calls", stage.story().task(0));
        seeLetters(stage, List.of("k2:v2"));
    }

    private static void lettersWithoutHeaders(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 2);
        stage.deploy(tolerant(stage)
                .without("errors.deadletterqueue.context.headers.enable")
                .with("transforms.probe.probe.fail", "v2=runtime"));
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=2"));
        stage.delete();

        stage.expect(
                items(61),
                "names of headers",
                stage.topics().records(stage.name() + "-letters").stream()
                        .flatMap(letter -> Topics.headers(letter).keySet().stream())
                        .filter(header -> !header.startsWith("millrace."))
                        .toList(),
                List.of("h"));
    }

    private static void toleratesWithoutLetters(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name())
                .with("errors.tolerance", "all")
                .with("transforms.probe.probe.fail", "v2=runtime"));
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=3"));
        stage.delete();

        stage.see(items(59, 60), "task's calls", stage.story().task(0));
        stage.expect(
                items(57),
                "context",
                stage.calls().stream()
                        .filter(call -> call.what().equals("task.context"))
                        .map(Call::detail)
                        .toList(),
                List.of("reporter false, metrics true, same configs true"));
    }

    private static void seeLetters(Stage stage, List<String> expected) throws Exception {
        String topic = stage.name() + "-letters";
        List<ConsumerRecord<byte[], byte[]>> letters = stage.topics().records(topic);
        stage.expect(items(61), "dead letters", stage.topics().values(topic), expected);
        stage.expect(items(61), "partitions", stage.topics().partitions(topic).orElse(0), 1);
        Map<String, String> headers = letters.isEmpty() ? Map.of() : Topics.headers(letters.get(0));
        stage.see(
                items(61),
                "headers",
                headers.entrySet().stream()
                        .filter(entry -> !entry.getKey().startsWith("millrace."))
                        .map(entry -> entry.getKey().equals(CONNECTS + "exception.stacktrace")
                                ? "stack trace, from "
                                        + entry.getValue().lines().findFirst().orElse("")
                                : entry.getKey() + "=" + entry.getValue())
                        .toList());
        stage.expect(
                items(61),
                "headers of Millrace",
                headers.keySet().stream()
                        .filter(name -> name.startsWith("millrace."))
                        .toList(),
                List.of());
    }

    private static void sourceTolerates(Stage stage, String key, String failing) throws Exception {
        stage.deploy(stage.source().with("errors.tolerance", "all").with(key, failing));
        stage.awaitCalls("task.commitRecord", 3, ANY);
        stage.delete();

        stage.expect(items(59), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k3:v3"));
        stage.expect(
                items(31, 59),
                "commitRecord without metadata",
                stage.calls().stream()
                        .filter(call -> call.what().equals("task.commitRecord")
                                && call.detail().contains("no metadata"))
                        .map(Call::detail)
                        .toList(),
                List.of("v2 of " + stage.name() + ", no metadata"));
    }

    private static void sinkToleratesNothing(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).with("transforms.probe.probe.fail", "v2=runtime"));
        stage.awaitTask(0, "FAILED");
        stage.expect(items(59), "state of the task", stage.toldTask(0), "FAILED");
        stage.delete();

        stage.see(items(59), "task's calls", stage.story().task(0));
    }

    private static void sourceToleratesNothing(Stage stage) throws Exception {
        stage.deploy(stage.source().with("value.converter.probe.fail", "v2=data"));
        stage.awaitTask(0, "FAILED");
        stage.expect(items(59), "state of the task", stage.toldTask(0), "FAILED");
        stage.expect(items(59), "the trace tells why", stage.taskTrace(0).contains("thrown by the probe"), true);
        stage.delete();
    }

    private static void retries(Stage stage, String key, String value) throws Exception {
        stage.deploy(stage.source()
                .with(key, value + "=retriable*2")
                .with("errors.retry.timeout", "20000")
                .with("errors.retry.delay.max.ms", "200"));
        stage.awaitCalls("task.commitRecord", 3, ANY);
        stage.delete();

        stage.expect(items(30, 59), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.see(items(30, 59), "task's calls", stage.story().task(0));
    }

    private static void retryEnds(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("value.converter.probe.fail", "v2=retriable")
                .with("errors.tolerance", "all")
                .with("errors.retry.timeout", "500")
                .with("errors.retry.delay.max.ms", "200"));
        stage.await("it ends one way or the other", () -> assertThat(
                        stage.taskState(0).equals("FAILED") || stage.count("task.commitRecord", ANY) >= 3)
                .isTrue());

        stage.expect(items(59), "state of the task", stage.toldTask(0), "RUNNING");
        stage.delete();
    }

    private interface Change {
        Settings of(Settings settings);
    }

    private static void reports(Stage stage, Change change) throws Exception {
        boolean first = !stage.name().equals("sink-reports");
        stage.topics().filled(stage.name(), 2);
        stage.deploy(change.of(tolerant(stage)));
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=2"));
        stage.delete();

        stage.expect(
                items(51, 57),
                "reports",
                stage.calls().stream()
                        .filter(call -> call.call().startsWith("report"))
                        .map(call -> call.detail() + ", " + call.threadKind())
                        .toList(),
                List.of("accepted, a future true, task thread"));
        seeLetters(stage, List.of(first ? "k1:v1" : "k2:v2"));
    }

    private static void reportsIntolerant(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 2);
        stage.deploy(stage.sink(stage.name()).with("errors.log.enable", "true").with("probe.errant", "v2"));
        stage.awaitTask(0, "FAILED");
        stage.delete();

        stage.expect(
                items(57),
                "reports",
                stage.calls().stream()
                        .filter(call -> call.call().startsWith("report"))
                        .map(Call::detail)
                        .toList(),
                List.of("org.apache.kafka.connect.errors.ConnectException"));
    }

    private static void predicates(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("transforms", "probe,other")
                .with("transforms.probe.predicate", "two")
                .with("transforms.probe.negate", "true")
                .with("transforms.probe.probe.drop", "v3")
                .with("transforms.other.type", "probeplugin.ProbeTransformation")
                .with("transforms.other.probe.connector", stage.name())
                .with("predicates", "two")
                .with("predicates.two.type", "probeplugin.ProbePredicate")
                .with("predicates.two.probe.connector", stage.name())
                .with("predicates.two.probe.match", "v2"));
        stage.awaitCalls("task.commitRecord", 3, ANY);
        stage.delete();

        stage.expect(items(60), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2"));
        stage.see(items(60, 63), "task's calls", stage.story().task(0));
        stage.see(
                items(63),
                "configurations",
                stage.calls().stream()
                        .filter(call -> call.call().equals("configure")
                                && (call.role().equals("predicate")
                                        || call.role().equals("transformation")))
                        .map(call -> call.role() + " " + call.detail())
                        .distinct()
                        .sorted()
                        .toList());
    }

    private static void convertersOfTheWorker(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .without("key.converter")
                .without("value.converter")
                .without("header.converter"));
        stage.awaitCalls("task.commitRecord", 3, ANY);
        stage.delete();
        List<ConsumerRecord<byte[], byte[]>> records = stage.topics().records(stage.name());

        stage.expect(items(62), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.expect(
                items(62),
                "headers",
                records.stream()
                        .map(record -> Topics.headers(record).toString())
                        .toList(),
                List.of("{h=h1}", "{h=h2}", "{h=h3}"));
        stage.expect(items(62), "calls of the probes' converters", stage.count("converter.value.from", ANY), 0);
    }
}
