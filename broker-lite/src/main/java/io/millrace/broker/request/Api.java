package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;

/** Answers the requests of one API key. */
@FunctionalInterface
public interface Api {
    /**
     * Ends the exchange, now or when a future completes. Must not block: a network thread may call it. What it throws is answered as the
     * API's error.
     */
    void handle(Exchange exchange);
}
