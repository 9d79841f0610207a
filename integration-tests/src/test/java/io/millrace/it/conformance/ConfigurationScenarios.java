package io.millrace.it.conformance;

import static io.millrace.it.conformance.Stage.items;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is checked before a connector starts: items 11, 12, 41, 43, 59, 62 and 63. */
final class ConfigurationScenarios {
    private static final Set<Kind> NOT_STANDALONE = Set.of(Kind.DISTRIBUTED, Kind.OURS);

    private ConfigurationScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(List.of(
                Scenario.of("unknown-keys", ConfigurationScenarios::unknownKeys),
                Scenario.of("predicate-of-nobody", ConfigurationScenarios::predicateOfNobody)));
        all.addAll(List.of(
                refused(
                        "refused-by-validate",
                        11,
                        "refused by the probe",
                        settings -> settings.with("probe.refuse", "yes")),
                refused("refused-number", 11, "probe.number", settings -> settings.with("probe.number", "many")),
                refused("refused-tasks-max", 11, "tasks.max", settings -> settings.with("tasks.max", "0")),
                refused("refused-all-at-once", 11, "probe.number", settings -> settings.with("probe.number", "many")
                        .with("tasks.max", "0")),
                refused(
                        "refused-without-declaration",
                        11,
                        "UndeclaredSourceConnector",
                        settings -> settings.with("connector.class", "probeplugin.UndeclaredSourceConnector")),
                refused(
                        "refused-transform",
                        63,
                        "probe.must",
                        settings -> settings.with("transforms.probe.probe.must", "x")),
                refused("refused-no-type", 63, "other", settings -> settings.with("transforms", "probe,other")),
                refused(
                        "refused-tolerance",
                        59,
                        "errors.tolerance",
                        settings -> settings.with("errors.tolerance", "some")),
                refused(
                        "refused-converter",
                        62,
                        "no.such.Converter",
                        settings -> settings.with("value.converter", "no.such.Converter")),
                refused(
                        "refused-override",
                        43,
                        "refused by the probe's policy",
                        settings -> settings.with("producer.override.client.dns.lookup", "use_all_dns_ips"))));
        all.addAll(List.of(
                new Scenario(
                        "refused-exactly-once",
                        NOT_STANDALONE,
                        stage -> refuse(
                                stage,
                                41,
                                "exactly-once",
                                stage.source()
                                        .with("probe.unsupported", "yes")
                                        .with("exactly.once.support", "required"))),
                new Scenario(
                        "refused-boundary",
                        NOT_STANDALONE,
                        stage -> refuse(
                                stage,
                                41,
                                "transaction boundaries",
                                stage.source()
                                        .with("probe.unsupported", "yes")
                                        .with("transaction.boundary", "connector")))));
        return all;
    }

    private static void unknownKeys(Stage stage) throws Exception {
        Settings settings = stage.source().with("tasks.maxx", "3");
        Runtime.Answer answer = stage.tryToDeploy(settings);

        stage.expect(items(12), "is taken", answer.isGood(), true);
        stage.awaitCall("connector.start");
        stage.expect(
                items(12),
                "the connector gets the key",
                stage.count("connector.start", detail -> detail.contains("tasks.maxx=3")),
                1);
        stage.delete();
    }

    private static void predicateOfNobody(Stage stage) throws Exception {
        Runtime.Answer answer = stage.tryToDeploy(stage.source().with("transforms.probe.predicate", "nobody"));

        stage.see(items(63), "answer", answer.status() / 100);
        stage.runtime().delete(stage.name());
    }

    private interface Change {
        Settings of(Settings settings);
    }

    private static Scenario refused(String name, int item, String mentioned, Change change) {
        return Scenario.of(name, stage -> refuse(stage, item, mentioned, change.of(stage.source())));
    }

    private static void refuse(Stage stage, int item, String mentioned, Settings settings) throws Exception {
        Runtime.Answer answer = stage.tryToDeploy(settings);

        stage.expect(items(item), "answer", answer.status(), 400);
        stage.expect(
                items(item),
                "tells of " + mentioned,
                answer.body().path("message").asText().contains(mentioned),
                true);
        if (answer.isGood()) {
            // what is not refused is begun a little later
            stage.awaitCall("connector.start");
        }
        stage.expect(items(item), "is started", stage.count("connector.start", any -> true), 0);
        if (answer.isGood()) {
            stage.delete();
        }
    }
}
