package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.it.harness.Await;
import io.millrace.it.harness.ConnectWorker;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.Ports;
import io.millrace.it.harness.TopicReader;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.connect.file.FileStreamSourceConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace worker} with the files of a standalone worker of Kafka Connect, as they are. */
class WorkerCommandIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static BrokerLite broker;

    @BeforeAll
    static void start() {
        broker = BrokerLite.start(BrokerConfig.in(folder.resolve("broker")));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** A plugin path with Apache's file connectors in it and nothing else. */
    private static Path filePlugin() throws Exception {
        Path jar = Path.of(FileStreamSourceConnector.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path plugin = Files.createDirectories(folder.resolve("plugins/file"));
        Path copy = plugin.resolve("connect-file.jar");
        if (!Files.exists(copy)) {
            Files.copy(jar, copy);
        }
        return plugin.getParent();
    }

    private static Map<String, String> settings() throws Exception {
        return new TreeMap<>(Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                "offset.flush.interval.ms", "200",
                "plugin.path", filePlugin().toString()));
    }

    private static Path properties(Path file, Map<String, String> settings) throws Exception {
        Properties properties = new Properties();
        properties.putAll(settings);
        Files.createDirectories(file.getParent());
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file;
    }

    private static List<String> values(String topic, int count) throws Exception {
        try (TopicReader reader = TopicReader.open(broker.bootstrapServers(), topic)) {
            return reader.awaitRecords(count, PATIENCE).stream()
                    .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                    .toList();
        }
    }

    @Test
    void goesOnWhereKafkaConnectStoppedWithTheFilesOfKafkaConnect() throws Exception {
        Path lines = folder.resolve("lines.txt");
        Files.writeString(lines, "one\ntwo\nthree\n");
        Map<String, String> source = Map.of(
                "connector.class", "FileStreamSource",
                "tasks.max", "1",
                "file", lines.toString(),
                "topic", "lines");
        Path home = folder.resolve("standalone");
        try (ConnectWorker connect = ConnectWorker.standalone(home, settings(), Map.of(), Map.of("local", source))) {
            connect.awaitStarted();
            assertThat(values("lines", 3)).containsExactly("one", "two", "three");
            connect.stop();
        }
        Files.writeString(lines, "four\n", StandardOpenOption.APPEND);

        Path sink = properties(
                folder.resolve("sink.properties"),
                Map.of(
                        "name", "copy",
                        "connector.class", "org.apache.kafka.connect.file.FileStreamSinkConnector",
                        "topics", "lines",
                        "file", folder.resolve("copy.txt").toString()));
        List<String> command =
                List.of("worker", home + "/worker.properties", home + "/local.properties", sink.toString());
        try (MillraceProcess worker = MillraceProcess.start(folder, Map.of(), command)) {
            worker.awaitOutput("Running; REST interface on http://127.0.0.1:", PATIENCE);
            assertThat(values("lines", 4)).containsExactly("one", "two", "three", "four");
            Await.until(PATIENCE, () -> assertThat(folder.resolve("copy.txt")).hasContent("one\ntwo\nthree\nfour"));
            URI rest = URI.create(
                    worker.output().replaceAll("(?s).*REST interface on (http://[0-9.:]+);.*", "$1") + "/connectors");
            HttpResponse<String> names = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(rest).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(names.body()).isEqualTo("[\"copy\",\"local\"]");
            worker.stop();
            assertThat(worker.output()).endsWith("Stopped.");
        }

        Files.writeString(lines, "five\n", StandardOpenOption.APPEND);
        try (MillraceProcess again = MillraceProcess.start(folder, Map.of(), command)) {
            again.awaitOutput("Running;", PATIENCE);
            assertThat(values("lines", 5)).containsExactly("one", "two", "three", "four", "five");
        }
    }

    @Test
    void tellsEverythingThatIsWrongInAllFilesBeforeAnythingRuns() throws Exception {
        Map<String, String> settings = settings();
        settings.remove("value.converter");
        settings.put(
                "offset.storage.file.filename", folder.resolve("wrong.offsets").toString());
        settings.put("offset.flush.interval.ms", "soon");
        settings.put("listeners", "http://127.0.0.1:" + Ports.free());
        Path properties = properties(folder.resolve("wrong/worker.properties"), settings);
        Path nameless = properties(folder.resolve("wrong/nameless.properties"), Map.of("tasks.max", "1"));
        Path half = Files.writeString(folder.resolve("wrong/half.json"), "{\"name\": ");

        try (MillraceProcess worker = MillraceProcess.start(
                folder, Map.of(), List.of("worker", properties.toString(), nameless.toString(), half.toString()))) {
            assertThat(worker.awaitExit(PATIENCE)).isEqualTo(2);
            assertThat(worker.output())
                    .contains("[worker.connector-file] The file '" + nameless + "' names no connector. Set 'name'.")
                    .contains("The file '" + half + "' is no JSON")
                    .contains("'value.converter' is missing.")
                    .containsPattern("worker.properties:\\d+ \\[worker.property] 'offset.flush.interval.ms' is 'soon'");
        }
    }

    @Test
    void namesAPropertyThatNobodyKnowsAndRunsAllTheSame() throws Exception {
        Map<String, String> settings = settings();
        settings.put(
                "offset.storage.file.filename", folder.resolve("typo/offsets").toString());
        settings.put("listeners", "http://127.0.0.1:" + Ports.free());
        settings.put("offset.flush.intervall.ms", "10");
        settings.put("producer.linger.ms", "5");
        Path properties = properties(folder.resolve("typo/worker.properties"), settings);
        try (MillraceProcess worker =
                MillraceProcess.start(folder, Map.of(), List.of("worker", properties.toString()))) {
            worker.awaitOutput("Running;", PATIENCE);
            assertThat(worker.output())
                    .contains(
                            "'offset.flush.intervall.ms' is no property of a worker. Did you mean 'offset.flush.interval.ms'?")
                    .doesNotContain("producer.linger.ms");
        }
    }
}
