/**
 * The whole broker, put together and taken apart in order, and what those who run it deal with.
 *
 * <p>{@link io.millrace.broker.server.LightBroker} starts and stops the parts. {@link io.millrace.broker.server.ServerProperties} reads a Kafka
 * server.properties: each property by itself, then what they say together, and all that is wrong at once; the result is a
 * {@link io.millrace.broker.server.BrokerProperties}, from which {@code Endpoints} and {@code Limits} take what the sockets need. {@code Insight}
 * holds what the broker measures, {@code Vitals} adds what can be told by looking at the parts, and {@code Operation} answers {@code /metrics},
 * {@code /health} and {@code /ready} where a port is set for it.
 */
@NullMarked
package io.millrace.broker.server;

import org.jspecify.annotations.NullMarked;
