package io.millrace.it.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays all scenarios on all runtimes, several at a time on each. */
final class Plays {
    private static final int AT_A_TIME = 6;

    private final Path folder;
    private final Path reports;
    private final Map<Kind, List<Finding>> findings = new EnumMap<>(Kind.class);
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Long> millis = Collections.synchronizedMap(new LinkedHashMap<>());

    /** @param reports where the output of the runtimes is left */
    Plays(Path folder, Path reports) {
        this.folder = folder;
        this.reports = reports;
        for (Kind kind : Kind.values()) {
            findings.put(kind, Collections.synchronizedList(new ArrayList<>()));
        }
    }

    /** Returns when all have been played. */
    void all(List<Scenario> scenarios) throws Exception {
        Runtimes runtimes = new Runtimes(folder);
        ExecutorService starters = Executors.newFixedThreadPool(Kind.values().length);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                ends.add(starters.submit(() -> {
                    playOn(runtimes, kind, scenarios);
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            starters.shutdownNow();
        }
    }

    private void playOn(Runtimes runtimes, Kind kind, List<Scenario> scenarios) throws Exception {
        ExecutorService players = Executors.newFixedThreadPool(AT_A_TIME);
        try (RestRuntime runtime = runtimes.start(kind);
                Topics topics = new Topics(runtime.bootstrapServers())) {
            Path wishes = Files.createDirectories(folder.resolve(kind.name()).resolve("wishes"));
            runtime.awaitStarted();
            List<Future<?>> ends = new ArrayList<>();
            for (Scenario scenario : scenarios) {
                if (scenario.on().contains(kind)) {
                    ends.add(players.submit(() -> play(scenario, new Stage(runtime, topics, scenario.name(), wishes))));
                }
            }
            for (Future<?> end : ends) {
                end.get();
            }
            Files.writeString(reports.resolve(kind.name() + ".log"), runtime.output());
        } finally {
            players.shutdownNow();
        }
    }

    private void play(Scenario scenario, Stage stage) {
        long begin = System.nanoTime();
        String ended = "yes";
        try {
            scenario.play().on(stage);
        } catch (Exception | AssertionError e) {
            ended = "no";
            failures.add(scenario.name() + " on " + stage.kind() + ": " + e);
        }
        List<Finding> found = findings.get(stage.kind());
        found.addAll(stage.findings());
        found.add(new Finding(
                List.of(), scenario.name(), "can be played to its end", Optional.of(List.of("yes")), List.of(ended)));
        millis.put(scenario.name() + " on " + stage.kind(), (System.nanoTime() - begin) / 1_000_000);
    }

    Map<Kind, List<Finding>> findings() {
        return findings;
    }

    /** Why scenarios could not be played to their end. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** How long each took. */
    Map<String, Long> millis() {
        return millis;
    }
}
