/**
 * Sockets: Kafka's own selector and channels (plain, TLS, SASL) under an acceptor and a few processor threads of ours. A request is handled on the thread that read it where nothing must be waited for.
 */
@NullMarked
package io.millrace.broker.network;

import org.jspecify.annotations.NullMarked;
