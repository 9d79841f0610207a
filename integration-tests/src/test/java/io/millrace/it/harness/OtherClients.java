package io.millrace.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Kafka clients that are not Java's: kcat, which is librdkafka, and kafkajs on Node. A machine need not have them: what asks for one that is
 * missing is skipped, unless {@code -Dmillrace.clients.required} says that this is a failure.
 */
public final class OtherClients {
    private static final Duration END_WITHIN = Duration.ofSeconds(45);
    private static final String KCAT = "kcat";
    private static final String NODE = "node";
    private static final ObjectMapper JSON = new ObjectMapper();

    private OtherClients() {}

    /** Skips the test where kcat is missing. */
    public static void needKcat() {
        need(program(KCAT).isPresent(), "there is no kcat on the PATH");
    }

    /** Skips the test where Node or kafkajs is missing. */
    public static void needKafkaJs() {
        need(program(NODE).isPresent(), "there is no node on the PATH");
        need(
                Files.exists(kafkaJs().resolve("package.json")),
                "there is no kafkajs in '" + Distribution.project().relativize(kafkaJs()) + "', where .ci/run puts it");
    }

    private static void need(boolean there, String reason) {
        if (!there && required()) {
            throw new AssertionError("millrace.clients.required is set and " + reason);
        }
        Assumptions.assumeTrue(there, reason);
    }

    private static boolean required() {
        String value = System.getProperty("millrace.clients.required", "false");
        return value.isEmpty() || Boolean.parseBoolean(value);
    }

    private static Path kafkaJs() {
        return Distribution.project().resolve(".millrace/clients/kafkajs");
    }

    private static Optional<Path> program(String name) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Runs kcat to its end, which must be as given; what it printed, standard error too, by lines. */
    public static List<String> kcat(int status, Path input, List<String> arguments) throws Exception {
        Path output = Files.createTempFile(input.getParent(), "kcat", ".out");
        return ended(status, output, process(Map.of(), kcatCommand(arguments)).redirectInput(input.toFile()));
    }

    /** A kcat that runs until it is stopped. */
    public static MillraceProcess kcatRunning(Path folder, List<String> arguments) throws IOException {
        return MillraceProcess.startCommand(folder, Map.of(), kcatCommand(arguments));
    }

    private static List<String> kcatCommand(List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(program(KCAT).orElseThrow().toString()));
        command.addAll(arguments);
        return command;
    }

    /** Runs a script of ours with kafkajs to its end; by name what it answered, in the order of the first answers. */
    public static Map<String, List<JsonNode>> kafkaJs(Path folder, String script, Map<String, Object> questions)
            throws Exception {
        Path scripts = Distribution.project().resolve("integration-tests/src/test/resources/kafkajs");
        List<String> command = List.of(
                program(NODE).orElseThrow().toString(),
                scripts.resolve(script + ".js").toString(),
                JSON.writeValueAsString(questions));
        Map<String, String> environment =
                Map.of("KAFKAJS", kafkaJs().toString(), "KAFKAJS_NO_PARTITIONER_WARNING", "1");
        Map<String, List<JsonNode>> answers = new LinkedHashMap<>();
        for (String line : ended(0, Files.createTempFile(folder, script, ".out"), process(environment, command))) {
            JsonNode said = JSON.readTree(line);
            answers.computeIfAbsent(said.get("what").asText(), what -> new ArrayList<>())
                    .add(said.get("answer"));
        }
        return answers;
    }

    private static ProcessBuilder process(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder;
    }

    private static List<String> ended(int status, Path output, ProcessBuilder builder) throws Exception {
        Process process = builder.redirectOutput(output.toFile()).start();
        try {
            boolean ended = process.waitFor(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            String printed = Files.readString(output);
            if (!ended || process.exitValue() != status) {
                throw new AssertionError(builder.command() + (ended ? " ended with " + process.exitValue() : " hangs")
                        + "; it printed:\n" + printed);
            }
            return printed.lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
