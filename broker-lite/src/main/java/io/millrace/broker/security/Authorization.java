package io.millrace.broker.security;

import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.metadata.MetadataListener;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.image.AclsDelta;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.metadata.authorizer.ClusterMetadataAuthorizer;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.ServerConfigs;

/**
 * The authorizer that {@code authorizer.class.name} names. One that keeps its lists in the metadata, as Kafka's standard authorizer does, is told
 * of every change in the order it was made, so that no request sees a state that nobody asked for.
 */
public final class Authorization implements MetadataListener, AutoCloseable {
    private static final long START_SECONDS = 30;

    private final Plugin<Authorizer> plugin;

    private Authorization(Plugin<Authorizer> plugin) {
        this.plugin = plugin;
    }

    /**
     * The authorizer of a broker, empty where everybody may do everything.
     *
     * @throws ProblemException YOURS, if there is no such class or it does not take its properties
     */
    public static Optional<Authorization> configured(AbstractKafkaConfig config, Metrics metrics) {
        String key = ServerConfigs.AUTHORIZER_CLASS_NAME_CONFIG;
        String name = config.getString(key);
        if (name == null || name.isBlank()) {
            return Optional.empty();
        }
        Map<String, Object> properties = new HashMap<>(config.originals());
        properties.put("node.id", config.nodeId());
        try {
            Authorizer authorizer = Utils.newInstance(name.trim(), Authorizer.class);
            authorizer.configure(properties);
            return Optional.of(new Authorization(Plugin.wrapInstance(authorizer, metrics, key)));
        } catch (ClassNotFoundException | RuntimeException | LinkageError e) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "broker.authorizer",
                            key,
                            "The authorizer '" + name + "' cannot be used: " + e.getMessage() + ".",
                            "Kafka's own is org.apache.kafka.metadata.authorizer.StandardAuthorizer; super.users is a list like"
                                    + " User:alice;User:bob."),
                    e);
        }
    }

    public Authorizer authorizer() {
        return plugin.get();
    }

    /** Loads the access lists and returns when the authorizer can answer. To be called before clients are served. */
    public void start(Metadata metadata, List<Endpoint> endpoints) {
        Authorizer authorizer = authorizer();
        if (authorizer instanceof ClusterMetadataAuthorizer lists) {
            lists.setAclMutator(metadata.controller());
            metadata.follow(this);
            lists.completeInitialLoad();
        }
        Identity identity = new Identity(
                metadata.identity().clusterId(), metadata.identity().nodeId(), endpoints);
        CompletableFuture<?>[] ready = authorizer.start(identity).values().stream()
                .map(stage -> stage.toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(ready)
                .orTimeout(START_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void onMetadata(MetadataDelta delta, MetadataImage image) {
        AclsDelta changes = delta.aclsDelta();
        if (changes == null || !(authorizer() instanceof ClusterMetadataAuthorizer lists)) {
            return;
        }
        // Invariant: in the order of the changes; a denial made before a permission is never seen after it
        changes.changes().forEach((id, acl) -> {
            if (acl.isPresent()) {
                lists.addAcl(id, acl.get());
            } else {
                lists.removeAcl(id);
            }
        });
    }

    @Override
    public void close() throws Exception {
        plugin.close();
    }

    private record Identity(String cluster, int brokerId, List<Endpoint> endpointList) implements AuthorizerServerInfo {
        @Override
        public ClusterResource clusterResource() {
            return new ClusterResource(cluster);
        }

        @Override
        public Collection<Endpoint> endpoints() {
            return endpointList;
        }

        @Override
        public Endpoint interBrokerEndpoint() {
            return endpointList.get(0);
        }

        @Override
        public Collection<String> earlyStartListeners() {
            return Set.of();
        }
    }
}
