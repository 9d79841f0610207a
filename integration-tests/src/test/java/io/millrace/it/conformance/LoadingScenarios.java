package io.millrace.it.conformance;

import static io.millrace.it.conformance.Stage.items;

import java.util.List;
import java.util.Set;

/** How plugins are found and loaded: items 1 to 7. */
final class LoadingScenarios {
    private LoadingScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("shape-single-jar", stage -> loaded(stage, 1, "probeplugin.SingleJarSourceConnector")),
                Scenario.of("shape-class-files", stage -> loaded(stage, 1, "probeplugin.ClassFolderSourceConnector")),
                new Scenario(
                        "shape-without-manifest",
                        // the other finds plugins by their manifests only
                        Set.of(Kind.STANDALONE, Kind.OURS),
                        stage -> loaded(stage, 7, "probeplugin.UnlistedSourceConnector")),
                Scenario.of("version-undefined", stage -> loaded(stage, 7, "probeplugin.UndefinedSourceConnector")),
                Scenario.of("constructor-throws", LoadingScenarios::constructorThrows),
                Scenario.of("isolation", LoadingScenarios::isolation),
                Scenario.of("aliases", LoadingScenarios::aliases),
                Scenario.of("alias-of-two-kinds", LoadingScenarios::aliasOfTwoKinds),
                Scenario.of("alias-of-two", LoadingScenarios::aliasOfTwo),
                Scenario.of("version-highest", stage -> version(stage, "", "1.10")),
                Scenario.of("version-range", stage -> version(stage, "[1.0,1.10)", "1.9")));
    }

    private static void loaded(Stage stage, int item, String connector) throws Exception {
        stage.deploy(stage.source().with("connector.class", connector));
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.delete();

        stage.expect(
                items(item), "records arrive", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.expect(
                items(6),
                "class loaders of the connector's calls",
                stage.story().by(Call::loaderKind, stage.story().started()),
                List.of(
                        "connector.initialize: plugin's",
                        "connector.start: plugin's",
                        "connector.stop: plugin's",
                        "connector.taskConfigs: plugin's"));
    }

    private static void constructorThrows(Stage stage) throws Exception {
        Runtime.Answer answer =
                stage.tryToDeploy(stage.source().with("connector.class", "probeplugin.BrokenSourceConnector"));

        stage.expect(items(7), "is taken", answer.isGood(), false);
        stage.deploy(stage.source());
        stage.awaitTask(0, "RUNNING");
        stage.expect(items(7), "others run", stage.toldTask(0), "RUNNING");
        stage.delete();
    }

    private static void isolation(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.look", PluginPath.asked()));
        stage.awaitTask(0, "RUNNING");
        List<String> found = stage.calls().stream()
                .filter(call -> call.call().matches("(class|resource|look) .*"))
                .map(call -> call.call() + ": " + call.detail())
                .toList();
        stage.delete();

        stage.expect(
                items(2, 3),
                "where classes and resources come from",
                found,
                List.of(
                        "class com.fasterxml.jackson.annotation.JacksonAnnotation: own",
                        "class org.apache.kafka.connect.transforms.InsertField: own",
                        "class org.apache.kafka.connect.data.Schema: parent",
                        "class org.slf4j.Logger: parent",
                        "resource META-INF/services/org.apache.kafka.connect.storage.Converter: own first, more true,"
                                + " the same as getResource true, each once true"));
    }

    private static void aliases(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("connector.class", "ProbeSource")
                .with("key.converter", "ProbeConverter")
                .with("value.converter", "ProbeConverter")
                .with("header.converter", "ProbeHeaderConverter")
                .with("transforms.probe.type", "ProbeTransformation")
                .with("transforms.probe.predicate", "one")
                .with("predicates", "one")
                .with("predicates.one.type", "ProbePredicate")
                .with("predicates.one.probe.connector", stage.name())
                .with("predicates.one.probe.match", "v2"));
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.delete();

        stage.expect(
                items(4), "records arrive", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.expect(items(4), "transformed", stage.count("transformation.apply", any -> true), 1);
    }

    /** Without their suffixes a converter, a header converter, a transformation and a predicate have the same name. */
    private static void aliasOfTwoKinds(Stage stage) throws Exception {
        Runtime.Answer answer = stage.tryToDeploy(stage.source().with("value.converter", "Probe"));

        stage.see(items(4), "is taken", answer.isGood());
        stage.runtime().delete(stage.name());
    }

    private static void aliasOfTwo(Stage stage) throws Exception {
        Runtime.Answer answer = stage.tryToDeploy(stage.source().with("connector.class", "TwinSource"));

        stage.expect(items(4), "is taken", answer.isGood(), false);
    }

    private static void version(Stage stage, String range, String expected) throws Exception {
        Settings settings = stage.source().with("connector.class", "probeplugin.VersionedSourceConnector");
        stage.deploy(range.isEmpty() ? settings : settings.with("connector.plugin.version", range));
        stage.awaitCall("connector.identity");
        String identity = stage.calls().stream()
                .filter(call -> call.what().equals("connector.identity"))
                .map(Call::detail)
                .findFirst()
                .orElseThrow();
        stage.awaitTask(0, "RUNNING");
        stage.delete();

        stage.expect(items(5), "version", identity, expected);
    }
}
