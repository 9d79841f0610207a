package io.millrace.it.harness;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for servers that cannot choose one by themselves and tell it. */
public final class Ports {
    /** Below the ports that the system gives to outgoing connections: none of those takes one while its server is down. */
    private static final int LOWEST = 20_000;

    private static final int COUNT = 10_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % COUNT));

    private Ports() {}

    /** One that nobody listens on at this moment, and that was not given to anybody here before. */
    public static int free() throws IOException {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = LOWEST + NEXT.getAndIncrement() % COUNT;
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // somebody has it: the next one
                continue;
            }
        }
        throw new IOException("no port from " + LOWEST + " to " + (LOWEST + COUNT) + " is free");
    }
}
