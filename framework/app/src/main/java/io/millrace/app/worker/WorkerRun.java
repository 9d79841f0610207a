package io.millrace.app.worker;

import io.millrace.app.Installation;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import io.millrace.foundation.lifecycle.Lifecycle;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.rest.RestServer;
import io.millrace.worker.Worker;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A worker that runs the connectors of some files and has Kafka Connect's REST interface. */
public final class WorkerRun implements AutoCloseable {
    private final Lifecycle parts;
    private final URI rest;

    private WorkerRun(URI rest, Lifecycle parts) {
        this.rest = rest;
        this.parts = parts;
    }

    /**
     * Starts everything; nothing runs before all files were found right.
     *
     * @param messages gets what the user should know
     * @throws ProblemException with everything that is wrong in the files; of the environment, with nothing left running
     */
    public static WorkerRun start(
            Installation installation, Path properties, List<Path> connectorFiles, PrintWriter messages) {
        Problems problems = new Problems();
        List<ConnectorFile> connectors = connectorFiles.stream()
                .flatMap(file -> {
                    try {
                        return Stream.of(ConnectorFile.read(file));
                    } catch (ProblemException e) {
                        problems.addAll(e.problems());
                        return Stream.of();
                    }
                })
                .toList();
        WorkerFile file;
        try {
            file = WorkerFile.read(properties);
        } catch (ProblemException e) {
            problems.addAll(e.problems());
            throw new ProblemException(e.exitCode(), problems.list());
        }
        twice(connectors, problems);
        problems.throwIfErrors(ExitCode.YOURS);
        file.warnings().forEach(warning -> messages.println("warning: " + warning.text()));
        messages.flush();
        Lifecycle parts = new Lifecycle();
        try {
            return start(installation, file, connectors, parts);
        } catch (RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    private static void twice(List<ConnectorFile> connectors, Problems problems) {
        for (int i = 0; i < connectors.size(); i++) {
            ConnectorFile one = connectors.get(i);
            if (connectors.subList(0, i).stream()
                    .anyMatch(before -> before.name().equals(one.name()))) {
                problems.error(
                        "worker.connector-file",
                        one.file().toString(),
                        "The connector '" + one.name() + "' stands in another file too.",
                        "Give each connector a name of its own.");
            }
        }
    }

    private static WorkerRun start(
            Installation installation, WorkerFile file, List<ConnectorFile> connectors, Lifecycle parts) {
        Path place = file.identityFile()
                .orElseThrow(() -> new ProblemException(
                        ExitCode.YOURS,
                        Problem.error(
                                "worker.property",
                                file.offsetFile().toString(),
                                "'offset.storage.file.filename' names no file.",
                                "Name a file.")));
        Identity identity = Identity.of(place);
        List<Map.Entry<byte[], byte[]>> offsets = identity.imported() ? List.of() : OffsetFile.read(file.offsetFile());
        Plugins plugins = parts.started(
                "plugins",
                Plugins.scan(Stream.concat(installation.pluginPath().stream(), file.pluginPath().stream())
                        .toList()));
        Worker worker = parts.started(
                "worker",
                Worker.start(
                        file.config()
                                .groupId(identity.groupId())
                                .offsetTopic(identity.offsetTopic(), 1, (short) -1)
                                .build(),
                        plugins));
        if (!identity.imported()) {
            worker.importOffsets(offsets);
            identity.withImport();
        }
        Problems problems = new Problems();
        List<Map<String, String>> configs = connectors.stream()
                .map(connector -> validated(worker, connector, problems))
                .toList();
        problems.throwIfErrors(ExitCode.YOURS);
        for (int i = 0; i < connectors.size(); i++) {
            ConnectorFile connector = connectors.get(i);
            worker.herder()
                    .putConnector(connector.name(), configs.get(i), connector.target(), false)
                    .join();
        }
        RestServer server = parts.started(
                "rest", RestServer.start(file.rest().getHost(), file.rest().getPort(), worker));
        return new WorkerRun(server.address(), parts);
    }

    private static Map<String, String> validated(Worker worker, ConnectorFile connector, Problems problems) {
        try {
            return worker.validate(connector.name(), connector.config());
        } catch (ProblemException e) {
            problems.addAll(e.problems());
            return Map.of();
        }
    }

    /** Where the REST interface is. */
    public URI rest() {
        return rest;
    }

    @Override
    public void close() {
        parts.close();
    }
}
