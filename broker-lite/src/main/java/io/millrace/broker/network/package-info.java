/**
 * Sockets: Kafka's own selector and channels (plain, TLS, SASL) under an acceptor and a few processor threads of ours. A request is handled on
 * the thread that read it where nothing must be waited for.
 *
 * <p>Invariants: whatever goes wrong with a request, errors of the JVM included, ends with its answer or with its connection, never with a thread;
 * and a request that waits keeps none of the memory that others need to be read.
 */
@NullMarked
package io.millrace.broker.network;

import org.jspecify.annotations.NullMarked;
