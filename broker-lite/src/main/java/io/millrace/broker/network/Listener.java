package io.millrace.broker.network;

import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * Where and how clients connect.
 *
 * @param name of the listener, as in {@code listeners}
 * @param protocol of the connections
 * @param host to bind to; empty for all addresses
 * @param port to bind to, 0 for any free one
 */
public record Listener(ListenerName name, SecurityProtocol protocol, String host, int port) {}
