package io.millrace.broker.server;

import io.millrace.broker.network.Listener;
import io.millrace.broker.network.SocketServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/**
 * Where a broker listens and where it tells clients to connect. Listeners of the controller, as a combined node has them, are left out.
 *
 * @param bound what {@code listeners} says
 * @param told what {@code advertised.listeners} says, or the same as {@code bound}
 */
record Endpoints(List<Endpoint> bound, List<Endpoint> told) {
    private static final String LOOPBACK = "127.0.0.1";

    static Endpoints of(AbstractKafkaConfig config) {
        List<Endpoint> bound = clientsOnly(
                config,
                AbstractKafkaConfig.listenerListToEndPoints(
                        config.getList(SocketServerConfigs.LISTENERS_CONFIG),
                        config.effectiveListenerSecurityProtocolMap()));
        List<String> advertised = config.getList(SocketServerConfigs.ADVERTISED_LISTENERS_CONFIG);
        if (advertised == null) {
            return new Endpoints(bound, bound);
        }
        return new Endpoints(
                bound,
                clientsOnly(
                        config,
                        AbstractKafkaConfig.listenerListToEndPoints(
                                advertised, config.effectiveListenerSecurityProtocolMap(), false)));
    }

    private static List<Endpoint> clientsOnly(AbstractKafkaConfig config, List<Endpoint> all) {
        return all.stream()
                .filter(endpoint -> !config.controllerListenerNames().contains(endpoint.listener()))
                .toList();
    }

    List<Listener> listeners() {
        return bound.stream()
                .map(e -> new Listener(
                        ListenerName.normalised(e.listener()),
                        e.securityProtocol(),
                        Optional.ofNullable(e.host()).orElse(""),
                        e.port()))
                .toList();
    }

    /** What clients are told, with the ports that were really bound. */
    List<Endpoint> advertised(SocketServer sockets) {
        Map<String, Integer> ports = new HashMap<>();
        bound.forEach(e -> ports.put(e.listener(), sockets.port(ListenerName.normalised(e.listener()))));
        return told.stream()
                .filter(e -> ports.containsKey(e.listener()))
                .map(e -> new Endpoint(
                        e.listener(),
                        e.securityProtocol(),
                        told(e),
                        e.port() == 0 ? ports.getOrDefault(e.listener(), 0) : e.port()))
                .toList();
    }

    /** {@code host:port} of a listener, for clients on this machine. */
    String bootstrap(SocketServer sockets, String listener) {
        Endpoint endpoint = bound.stream()
                .filter(e -> e.listener().equals(listener))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no listener is called '" + listener + "'"));
        return host(endpoint) + ":" + sockets.port(ListenerName.normalised(listener));
    }

    /** A listener on all addresses is told of by the machine's name, as Kafka does. */
    private static String told(Endpoint endpoint) {
        if (endpoint.host() != null && !endpoint.host().isEmpty()) {
            return endpoint.host();
        }
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            return LOOPBACK;
        }
    }

    private static String host(Endpoint endpoint) {
        return Optional.ofNullable(endpoint.host())
                .filter(host -> !host.isEmpty() && !host.equals("0.0.0.0"))
                .orElse(LOOPBACK);
    }
}
