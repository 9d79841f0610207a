package io.millrace.app.topic;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the broker of a run listens.
 *
 * @param bootstrapServers {@code host:port}, or several
 * @param pipeline that runs there, where that is known
 */
public record BrokerAddress(String bootstrapServers, Optional<String> pipeline) {

    /**
     * The one named, else that of the run which uses the data folder.
     *
     * @throws ProblemException ENVIRONMENT, {@code cli.not-running}
     */
    public static BrokerAddress find(Optional<String> named, Path dataDir) {
        if (named.isPresent()) {
            return new BrokerAddress(named.get(), Optional.empty());
        }
        RunFile run = RunFile.read(dataDir)
                .orElseThrow(() -> new ProblemException(
                        ExitCode.ENVIRONMENT,
                        Problem.error(
                                "cli.not-running",
                                "",
                                "No pipeline runs with the data folder '" + dataDir + "'.",
                                "Start it with 'millrace run', name the folder of the one that runs (--data-dir), or its"
                                        + " broker (--broker host:port).")));
        return new BrokerAddress(run.broker(), Optional.of(run.pipeline()));
    }
}
