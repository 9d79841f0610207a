package io.millrace.broker.network;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many connections may be open: {@code max.connections} of the broker and {@code max.connections.per.ip} with its overrides.
 * Thread-safe.
 */
public final class ConnectionLimits {
    private final int total;
    private final int perAddress;
    private final Map<String, Integer> overrides;
    private final Map<InetAddress, Integer> open = new HashMap<>();
    private int count;

    /** @param overrides limits by host name or address */
    public ConnectionLimits(int total, int perAddress, Map<String, Integer> overrides) {
        this.total = total;
        this.perAddress = perAddress;
        this.overrides = Map.copyOf(overrides);
    }

    /** Counts a connection in; false if it is one too many, and then it is not counted. */
    synchronized boolean enter(InetAddress address) {
        int limit = overrides.isEmpty() ? perAddress : limit(address);
        int now = open.getOrDefault(address, 0);
        if (count >= total || now >= limit) {
            return false;
        }
        open.put(address, now + 1);
        count++;
        return true;
    }

    /** Asks the name service, which may take seconds; and what it says would be told of the connection's address from then on. */
    private int limit(InetAddress address) {
        return overrides.getOrDefault(
                address.getHostAddress(), overrides.getOrDefault(address.getHostName(), perAddress));
    }

    synchronized void left(String listener, InetAddress address) {
        open.computeIfPresent(address, (a, n) -> n == 1 ? null : n - 1);
        count--;
    }

    /** Connections that are open now. */
    public synchronized int open() {
        return count;
    }
}
