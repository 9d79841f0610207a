package io.millrace.broker.server;

import io.millrace.broker.metadata.MetadataListener;
import io.millrace.broker.network.ConnectionLimits;
import io.millrace.broker.request.BrokerSettings;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.DynamicBrokerConfig.DynamicLogConfig;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.util.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the parts of a running broker follow what an administrator changes of its properties, except the defaults of topics, which {@link
 * LogDefaults} follows.
 */
final class ChangedProperties implements MetadataListener {
    private static final Logger LOG = LoggerFactory.getLogger(ChangedProperties.class);
    private static final Set<String> FOLLOWED = Set.of(
            SocketServerConfigs.MAX_CONNECTIONS_CONFIG,
            SocketServerConfigs.MAX_CONNECTIONS_PER_IP_CONFIG,
            ServerConfigs.NUM_IO_THREADS_CONFIG,
            ServerConfigs.BACKGROUND_THREADS_CONFIG);

    private final BrokerSettings settings;
    private final ConnectionLimits limits;
    private final IoPool io;
    private final Scheduler scheduler;

    ChangedProperties(BrokerSettings settings, ConnectionLimits limits, IoPool io, Scheduler scheduler) {
        this.settings = settings;
        this.limits = limits;
        this.io = io;
        this.scheduler = scheduler;
    }

    /** Whether a change of a property counts at once, or changes nothing anyway. */
    static boolean follows(String key) {
        return FOLLOWED.contains(key)
                || DynamicLogConfig.RECONFIGURABLE_CONFIGS.contains(key)
                || KnownProperties.saysNothing(key);
    }

    @Override
    public void onMetadata(MetadataDelta delta, MetadataImage image) {
        if (delta.configsDelta() == null
                || delta.configsDelta().changes().keySet().stream()
                        .noneMatch(resource -> resource.type() == ConfigResource.Type.BROKER)) {
            return;
        }
        List<String> ignored = settings.ignored();
        if (!ignored.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("properties", ignored)
                    .log("Some properties were changed by an earlier broker of this folder and cannot be taken over");
        }
        AbstractKafkaConfig now = settings.current();
        limits.change(
                now.getInt(SocketServerConfigs.MAX_CONNECTIONS_CONFIG),
                now.getInt(SocketServerConfigs.MAX_CONNECTIONS_PER_IP_CONFIG));
        io.resize(now.numIoThreads());
        scheduler.resizeThreadPool(now.backgroundThreads());
    }
}
