package io.millrace.it.bench;

import io.millrace.broker.kafka.NodeProperties;
import io.millrace.it.harness.Distribution;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A broker that takes part: the distribution's, or Apache Kafka's own with or without the properties that make it small. */
enum Contestant {
    LIGHT,
    STOCK,
    TUNED;

    static Contestant named(String name) {
        return Arrays.stream(values())
                .filter(contestant -> contestant.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is no contestant. Write one of "
                        + Arrays.toString(values()) + " in lower case."));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Makes all that a start needs, which is no part of what is measured.
     *
     * @param folder made for it
     * @return the properties file to start with
     */
    Path prepare(Path folder, int port, int controllerPort) throws Exception {
        Path data = folder.resolve("data");
        Files.createDirectories(data);
        Map<String, String> settings = properties(data, port, controllerPort);
        if (this != LIGHT) {
            format(data, settings);
        }
        Properties all = new Properties();
        all.putAll(settings);
        Path file = folder.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            all.store(writer, null);
        }
        return file;
    }

    /** Ours is given the very file that stock Kafka is given. */
    private Map<String, String> properties(Path data, int port, int controllerPort) {
        Map<String, String> settings = new TreeMap<>(
                this == TUNED
                        ? NodeProperties.tuned(data, port, controllerPort)
                        : NodeProperties.stock(data, port, controllerPort));
        if (this == TUNED) {
            settings.put("num.recovery.threads.per.data.dir", "1");
        }
        // else Kafka waits for three seconds before it lets the first consumer read, which says nothing about its speed
        settings.put("group.initial.rebalance.delay.ms", "0");
        return settings;
    }

    /** What {@code kafka-storage format} does. */
    private static void format(Path data, Map<String, String> settings) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(Integer.parseInt(settings.get("node.id")))
                .addDirectory(data.toString())
                .setMetadataLogDirectory(data.toString())
                .setControllerListenerName(settings.get("controller.listener.names"))
                .setReleaseVersion(MetadataVersion.latestProduction())
                .run();
    }

    /** What follows the flags of the JVM. */
    List<String> program(Path properties) {
        return switch (this) {
            case LIGHT ->
                List.of(
                        "-Dmillrace.home=" + Distribution.home(),
                        "-cp",
                        library() + File.separator + "*",
                        "io.millrace.app.command.Main",
                        "broker",
                        properties.toString());
            case STOCK, TUNED ->
                List.of(
                        "-Dlog4j2.configurationFile=" + Distribution.project().resolve("configs/log4j2-test.xml"),
                        "-cp",
                        library() + File.separator + "*",
                        "kafka.Kafka",
                        properties.toString());
        };
    }

    private Path library() {
        return this == LIGHT
                ? Distribution.home().resolve("lib")
                : Distribution.project().resolve("integration-tests/kafka-broker/target/lib");
    }

    /** Of Kafka, as its library is named. */
    static String kafkaVersion() {
        return AppInfoParser.getVersion();
    }

    /** Refuses to compare Kafka with itself, or with nothing, when what was built is stale. */
    void checkLibrary() throws IOException {
        try (var jars = Files.list(library())) {
            boolean kafka = jars.anyMatch(jar -> jar.getFileName().toString().startsWith("kafka_2.13-"));
            if (kafka == (this == LIGHT)) {
                throw new IllegalStateException("'" + library() + "' " + (kafka ? "holds" : "does not hold")
                        + " Kafka's own broker. Delete it and build again with -Pbenchmarks.");
            }
        }
    }
}
