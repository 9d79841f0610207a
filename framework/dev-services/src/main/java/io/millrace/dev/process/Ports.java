package io.millrace.dev.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds ports on 127.0.0.1. */
public final class Ports {
    private static final int TRIES = 200;

    private Ports() {}

    /**
     * The wanted port where it is free, else the next free one above it, else any. Wanted ports lie below the range that outgoing
     * connections are given, so that a remembered port is likely to be free again.
     */
    public static int freeFrom(int wanted) {
        for (int port = wanted; port < Math.min(wanted + TRIES, 65_536); port++) {
            if (isFree(port)) {
                return port;
            }
        }
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return any.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a server could listen there now. */
    public static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
