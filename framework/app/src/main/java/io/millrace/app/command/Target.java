package io.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.app.status.StatusFile;
import io.millrace.app.status.StatusReport;
import io.millrace.app.topic.BrokerAddress;
import io.millrace.app.topic.RunFile;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which pipeline a command looks at, where, and how it answers. */
public final class Target {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How a command answers. */
    enum Output {
        text,
        json
    }

    /** A pipeline and the broker that its topics are on. */
    record Found(String pipeline, String bootstrapServers) {}

    @Option(
            names = {"-p", "--pipeline"},
            description = "The pipeline's name, file or folder (default: the one that runs).")
    private @Nullable String pipeline;

    @Option(names = "--broker", description = "The broker, host:port (default: that of the run in the data folder).")
    private @Nullable String broker;

    @Option(
            names = "--data-dir",
            defaultValue = ".millrace",
            description = "Data folder of the run (default: ${DEFAULT-VALUE}).")
    private Path dataDir = Path.of(".millrace");

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE}).")
    private Output output = Output.text;

    /** @throws ProblemException ENVIRONMENT {@code cli.not-running}; YOURS {@code cli.no-pipeline} */
    Found find() {
        Optional<String> named = Optional.ofNullable(pipeline).map(PipelineNames::of);
        BrokerAddress address = BrokerAddress.find(
                Optional.ofNullable(broker), dataDir.toAbsolutePath().normalize());
        return named.or(address::pipeline)
                .map(name -> new Found(name, address.bootstrapServers()))
                .orElseThrow(() -> new ProblemException(
                        ExitCode.YOURS,
                        Problem.error(
                                "cli.no-pipeline",
                                "",
                                "A broker is named, and no pipeline.",
                                "Name it with --pipeline: its name, its file or its folder.")));
    }

    /**
     * What the run in the data folder tells of itself.
     *
     * @throws ProblemException ENVIRONMENT {@code cli.not-running}, {@code cli.no-status}; YOURS {@code cli.other-pipeline}
     */
    StatusReport report() {
        Found found = find();
        Path data = dataDir.toAbsolutePath().normalize();
        StatusReport report = RunFile.read(data)
                .flatMap(run -> StatusFile.read(data, run.pid()))
                .orElseThrow(() -> new ProblemException(
                        ExitCode.ENVIRONMENT,
                        Problem.error(
                                "cli.no-status",
                                "",
                                "The run with the data folder '" + data + "' tells nothing of itself.",
                                "Wait until it has started, or name the folder of one that runs (--data-dir).")));
        if (!report.pipeline().equals(found.pipeline())) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "cli.other-pipeline",
                            "",
                            "'" + found.pipeline() + "' does not run with the data folder '" + data + "': '"
                                    + report.pipeline() + "' does.",
                            "Name the folder of its run (--data-dir)."));
        }
        return report;
    }

    boolean isJson() {
        return output == Output.json;
    }

    /** One object for each command, so that programs need to know one shape. */
    static void print(PrintWriter out, String command, JsonNode result) {
        print(out, command, true, result);
    }

    static void print(PrintWriter out, String command, boolean ok, JsonNode result) {
        ObjectNode envelope = JSON.createObjectNode().put("command", command).put("ok", ok);
        envelope.set("result", result);
        out.println(envelope.toPrettyString());
    }

    /** A value of a record as JSON has it: dates and times as text. */
    static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            map.forEach((name, one) -> fields.put(String.valueOf(name), plain(one)));
            return fields;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(one -> items.add(plain(one)));
            return items;
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }
}
