package io.millrace.broker.server;

import io.millrace.foundation.config.PropertiesFile;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Kafka server.properties, read and checked.
 *
 * @param config for a broker to start with
 * @param folder of its data
 * @param warnings of properties that nobody reads
 * @param withoutMeaning properties that were accepted, and change nothing on a node that is alone
 */
public record ServerProperties(
        BrokerProperties config, Path folder, List<Problem> warnings, List<String> withoutMeaning) {

    /**
     * Reads properties as they are written for Kafka.
     *
     * @param file empty where everything is a default or said in {@code overrides}
     * @param overrides stand above the file
     * @param defaults stand below it, and above Kafka's
     * @throws ProblemException YOURS, with everything that is wrong
     */
    public static ServerProperties read(
            Optional<Path> file, Map<String, String> overrides, Map<String, String> defaults) {
        PropertiesFile written = file.map(
                        f -> PropertiesFile.read(f, "broker.properties-unreadable", "Kafka's server.properties"))
                .orElseGet(PropertiesFile::none)
                .with(overrides);
        Problems problems = new Problems();
        Map<String, String> usable = new PropertiesCheck(written, problems).usable(defaults);
        BrokerProperties config = new BrokerProperties(usable);
        new PropertiesRules(written, config, problems).check();
        problems.throwIfErrors(ExitCode.YOURS);
        return new ServerProperties(
                config,
                Path.of(config.logDirs().get(0)).toAbsolutePath().normalize(),
                problems.list(),
                written.values().keySet().stream()
                        .filter(KnownProperties::saysNothing)
                        .sorted()
                        .toList());
    }
}
