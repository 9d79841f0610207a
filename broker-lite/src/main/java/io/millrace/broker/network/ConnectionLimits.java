package io.millrace.broker.network;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.network.ListenerName;

/**
 * How many connections may be open: {@code max.connections} of the broker and of each listener, and {@code max.connections.per.ip} with its
 * overrides. A connection too many is closed at once. Thread-safe.
 */
public final class ConnectionLimits {
    private int total;
    private int perAddress;
    private final Map<InetAddress, Integer> overrides;
    private final Map<ListenerName, Integer> perListener;
    private final Map<InetAddress, Integer> open = new HashMap<>();
    private final Map<ListenerName, Integer> openAt = new HashMap<>();
    private int count;

    /**
     * @param total of the broker
     * @param perListener of listeners that have a limit of their own
     * @param perAddress of one address
     * @param overrides of addresses that have another limit
     */
    public ConnectionLimits(
            int total, Map<ListenerName, Integer> perListener, int perAddress, Map<InetAddress, Integer> overrides) {
        this.total = total;
        this.perAddress = perAddress;
        this.perListener = Map.copyOf(perListener);
        this.overrides = Map.copyOf(overrides);
    }

    /** Sets other limits; connections that are open stay. */
    public synchronized void change(int newTotal, int newPerAddress) {
        total = newTotal;
        perAddress = newPerAddress;
    }

    /** Counts a connection in; false if it is one too many, and then it is not counted. */
    synchronized boolean enter(ListenerName listener, InetAddress address) {
        int ofAddress = open.getOrDefault(address, 0);
        int ofListener = openAt.getOrDefault(listener, 0);
        if (count >= total
                || ofListener >= perListener.getOrDefault(listener, Integer.MAX_VALUE)
                || ofAddress >= overrides.getOrDefault(address, perAddress)) {
            return false;
        }
        open.put(address, ofAddress + 1);
        openAt.put(listener, ofListener + 1);
        count++;
        return true;
    }

    synchronized void left(ListenerName listener, InetAddress address) {
        open.computeIfPresent(address, (a, n) -> n == 1 ? null : n - 1);
        openAt.computeIfPresent(listener, (l, n) -> n == 1 ? null : n - 1);
        count--;
    }

    /** Connections that are open now. */
    public synchronized int open() {
        return count;
    }
}
