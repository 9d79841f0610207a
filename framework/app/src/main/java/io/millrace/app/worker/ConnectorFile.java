package io.millrace.app.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.foundation.config.PropertiesFile;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.worker.connector.TargetState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connector as a file describes it, in one of the forms that Kafka Connect's standalone mode takes (KIP-1004 and before): properties, a JSON
 * object of settings, or the JSON body of a new connector in the REST interface.
 *
 * @param target what it is to do at first
 */
record ConnectorFile(Path file, String name, Map<String, String> config, Optional<TargetState> target) {
    private static final String CODE = "worker.connector-file";
    private static final ObjectMapper JSON = new ObjectMapper();

    ConnectorFile {
        config = Map.copyOf(config);
    }

    /** The configuration may hold secrets, so it is not shown. */
    @Override
    public String toString() {
        return "ConnectorFile[" + file + "]";
    }

    /** @throws ProblemException YOURS, {@code worker.connector-file} */
    static ConnectorFile read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw wrong(file, "cannot be read: " + e, "Name a connector's file, .properties or .json.");
        }
        if (text.stripLeading().startsWith("{")) {
            return ofJson(file, text);
        }
        Map<String, String> config = PropertiesFile.read(file, CODE, "Kafka Connect's connector files")
                .values();
        return named(file, config.get("name"), config, Optional.empty());
    }

    private static ConnectorFile ofJson(Path file, String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw wrong(file, "is no JSON: " + e.getOriginalMessage(), "");
        }
        JsonNode inner = root.get("config");
        if (inner == null || !inner.isObject()) {
            Map<String, String> config = settings(file, root);
            return named(file, config.get("name"), config, Optional.empty());
        }
        Map<String, String> config = settings(file, inner);
        String name = root.path("name").isTextual() ? root.get("name").asText() : config.get("name");
        String included = config.getOrDefault("name", String.valueOf(name));
        if (!included.equals(name)) {
            throw wrong(file, "has the name '" + name + "', and '" + included + "' in its 'config'", "Write one name.");
        }
        return named(file, name, config, target(file, root.path("initial_state").asText("")));
    }

    private static Map<String, String> settings(Path file, JsonNode object) {
        Map<String, String> config = new HashMap<>();
        object.fields().forEachRemaining(field -> {
            if (!field.getValue().isValueNode() || field.getValue().isNull()) {
                throw wrong(file, "has no text under '" + field.getKey() + "'", "Settings of a connector are text.");
            }
            config.put(field.getKey(), field.getValue().asText());
        });
        return config;
    }

    private static Optional<TargetState> target(Path file, String state) {
        return switch (state.toUpperCase(Locale.ROOT)) {
            case "" -> Optional.empty();
            case "RUNNING" -> Optional.of(TargetState.STARTED);
            case "PAUSED" -> Optional.of(TargetState.PAUSED);
            case "STOPPED" -> Optional.of(TargetState.STOPPED);
            default -> throw wrong(file, "has the initial_state '" + state + "'", "Write RUNNING, PAUSED or STOPPED.");
        };
    }

    private static ConnectorFile named(
            Path file, @Nullable String name, Map<String, String> config, Optional<TargetState> target) {
        if (name == null || name.isBlank()) {
            throw wrong(file, "names no connector", "Set 'name'.");
        }
        return new ConnectorFile(file, name, config, target);
    }

    private static ProblemException wrong(Path file, String what, String remedy) {
        return new ProblemException(
                ExitCode.YOURS, Problem.error(CODE, file.toString(), "The file '" + file + "' " + what + ".", remedy));
    }
}
