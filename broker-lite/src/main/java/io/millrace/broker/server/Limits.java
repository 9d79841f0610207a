package io.millrace.broker.server;

import io.millrace.broker.network.ConnectionLimits;
import io.millrace.broker.network.Listener;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** What clients may take of the broker, from its properties. */
final class Limits {
    private static final int SHARE_OF_HEAP = 8;

    private Limits() {}

    static ConnectionLimits connections(AbstractKafkaConfig config, List<Listener> listeners) {
        return new ConnectionLimits(
                config.getInt(SocketServerConfigs.MAX_CONNECTIONS_CONFIG),
                perListener(config, listeners),
                config.getInt(SocketServerConfigs.MAX_CONNECTIONS_PER_IP_CONFIG),
                overrides(config));
    }

    private static Map<ListenerName, Integer> perListener(AbstractKafkaConfig config, List<Listener> listeners) {
        Map<ListenerName, Integer> limits = new HashMap<>();
        for (Listener listener : listeners) {
            Object limit = config.originalsWithPrefix(listener.name().configPrefix(), true)
                    .get(SocketServerConfigs.MAX_CONNECTIONS_CONFIG);
            if (limit != null) {
                limits.put(listener.name(), Integer.parseInt(limit.toString().trim()));
            }
        }
        return limits;
    }

    /** Host names are looked up once, here: the thread that accepts connections must not wait for a name server. */
    static Map<InetAddress, Integer> overrides(AbstractKafkaConfig config) {
        String key = SocketServerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES_CONFIG;
        Map<InetAddress, Integer> limits = new HashMap<>();
        AbstractKafkaConfig.getMap(key, config.getString(key)).forEach((host, limit) -> {
            try {
                limits.put(InetAddress.getByName(host), Integer.parseInt(limit));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("host '" + host + "' of " + key + " is not known", e);
            }
        });
        return limits;
    }

    /**
     * Memory for requests that are being read or wait to be handled. Kafka has no limit where none is set; here it is an eighth of the heap, since
     * a client that says it will send a large request gets the memory at once, before it is known. A limit of -1 is none.
     */
    static MemoryPool requests(AbstractKafkaConfig config, Metrics metrics) {
        int largest = config.getInt(SocketServerConfigs.SOCKET_REQUEST_MAX_BYTES_CONFIG);
        long bytes = config.originals().containsKey(SocketServerConfigs.QUEUED_MAX_BYTES_CONFIG)
                ? config.getLong(SocketServerConfigs.QUEUED_MAX_BYTES_CONFIG)
                : Math.max(largest, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
        return bytes <= 0
                ? MemoryPool.NONE
                : new RequestMemory(bytes, largest, metrics.sensor("MemoryPoolUtilization"));
    }
}
