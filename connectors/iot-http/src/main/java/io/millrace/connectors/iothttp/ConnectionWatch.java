package io.millrace.connectors.iothttp;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;

/**
 * Closes connections that are without a request for too long: idle ones, and those whose client sends the head of a request a byte at a
 * time, which never count as idle to the server itself. Any thread.
 */
final class ConnectionWatch implements Connection.Listener {
    private static final long BUSY = Long.MAX_VALUE;

    private final long mostNanos;
    private final LongSupplier nanos;
    /** To when it became idle. */
    private final Map<Connection, Long> idleSince = new ConcurrentHashMap<>();

    ConnectionWatch(Duration most, LongSupplier nanos) {
        this.mostNanos = most.toNanos();
        this.nanos = nanos;
    }

    @Override
    public void onOpened(Connection connection) {
        // The connection inside of TLS is told of too, and is the one that requests name.
        if (!(connection instanceof SslConnection)) {
            idleSince.put(connection, nanos.getAsLong());
        }
    }

    @Override
    public void onClosed(Connection connection) {
        idleSince.remove(connection);
    }

    /** A request begins. */
    void busy(Connection connection) {
        idleSince.replace(connection, BUSY);
    }

    /** A request ended. */
    void idle(Connection connection) {
        idleSince.replace(connection, nanos.getAsLong());
    }

    void sweep() {
        long now = nanos.getAsLong();
        idleSince.forEach((connection, since) -> {
            if (since != BUSY && now - since > mostNanos) {
                connection.getEndPoint().close();
            }
        });
    }

    int open() {
        return idleSince.size();
    }
}
