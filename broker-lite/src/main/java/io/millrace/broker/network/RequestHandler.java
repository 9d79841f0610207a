package io.millrace.broker.network;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/** What the network hands requests to. */
public interface RequestHandler {
    /**
     * Handles one request: ends the exchange now or later. Called on the network thread: must not block. What it throws is answered as an
     * error.
     */
    void handle(Exchange exchange);

    /** Whether this broker serves an API in a version; a connection that asks for another is closed, as Kafka does. */
    boolean serves(ApiKeys api, short version);

    /** What it serves, in a form for a version of the question. */
    ApiVersionsResponse served(short version);

    /** A request gets this answer. Called on any thread, before the answer is sent; must not throw. */
    default void answered(Exchange exchange, AbstractResponse response) {}

    /**
     * A request is done with: its answer has left, or it needed none. Called on the network thread; must not throw.
     *
     * @param nanos since the request was read
     */
    default void ended(Exchange exchange, long nanos) {}

    /** A connection has ended. */
    void disconnected(String connectionId);
}
