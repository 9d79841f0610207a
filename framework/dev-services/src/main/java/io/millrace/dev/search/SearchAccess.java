package io.millrace.dev.search;

/**
 * How to reach a running server.
 *
 * @param pid of the server's process
 * @param attached whether it was already running and was left alone
 */
public record SearchAccess(int port, long pid, boolean attached) {

    public String url() {
        return "http://127.0.0.1:" + port;
    }
}
