package io.millrace.broker.metadata;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaProperties;
import org.apache.kafka.metadata.properties.MetaPropertiesVersion;
import org.apache.kafka.metadata.properties.PropertiesUtils;

/**
 * Who a data folder belongs to, as its {@code meta.properties} says in Kafka's format.
 *
 * @param clusterId of the cluster the data is of; made with the folder
 * @param nodeId of the node the data is of
 * @param directoryId of the folder
 */
public record NodeIdentity(String clusterId, int nodeId, Uuid directoryId) {
    private static final String FILE = "meta.properties";

    /**
     * Reads the identity of a used folder, or gives a new folder one. No format step is needed.
     *
     * @throws ProblemException {@code broker.folder-foreign} if the file is unreadable, or names another node or cluster
     * @throws IOException if the folder cannot be read or written
     */
    public static NodeIdentity of(Path folder, int nodeId) throws IOException {
        Path file = folder.resolve(FILE);
        return Files.exists(file) ? read(file, nodeId) : make(file, nodeId);
    }

    private static NodeIdentity read(Path file, int nodeId) throws IOException {
        Properties properties = PropertiesUtils.readPropertiesFile(file.toString());
        MetaProperties meta;
        try {
            meta = new MetaProperties.Builder(properties).build();
        } catch (RuntimeException e) {
            throw foreign(file, "The file cannot be understood: " + e.getMessage() + ".", e);
        }
        if (meta.version() != MetaPropertiesVersion.V1
                || meta.clusterId().isEmpty()
                || meta.nodeId().isEmpty()) {
            throw foreign(
                    file,
                    "It is of version " + meta.version().number() + " and names "
                            + (meta.clusterId().isEmpty() ? "no cluster.id" : "no node.id") + ".",
                    null);
        }
        if (meta.nodeId().getAsInt() != nodeId) {
            throw foreign(
                    file,
                    "The data is of node '" + meta.nodeId().getAsInt() + "', the configuration says node.id '" + nodeId
                            + "'.",
                    null);
        }
        NodeIdentity identity = new NodeIdentity(
                meta.clusterId().get(), nodeId, meta.directoryId().orElseGet(Uuid::randomUuid));
        if (meta.directoryId().isEmpty()) {
            identity.write(file);
        }
        return identity;
    }

    private static NodeIdentity make(Path file, int nodeId) throws IOException {
        Uuid directory = Uuid.randomUuid();
        NodeIdentity identity = new NodeIdentity(Uuid.randomUuid().toString(), nodeId, directory);
        identity.write(file);
        return identity;
    }

    private void write(Path file) throws IOException {
        Properties properties = new MetaProperties.Builder()
                .setVersion(MetaPropertiesVersion.V1)
                .setClusterId(clusterId)
                .setNodeId(nodeId)
                .setDirectoryId(directoryId)
                .build()
                .toProperties();
        PropertiesUtils.writePropertiesFile(properties, file.toString(), true);
    }

    private static ProblemException foreign(
            Path file, String what, @org.jspecify.annotations.Nullable Throwable cause) {
        Problem problem = Problem.error(
                "broker.folder-foreign",
                file.toString(),
                what,
                "Point the broker at its own data folder, or at an empty one; nothing was changed.");
        return cause == null
                ? new ProblemException(ExitCode.ENVIRONMENT, problem)
                : new ProblemException(ExitCode.ENVIRONMENT, problem, cause);
    }
}
