/**
 * An embeddable, single-node broker that speaks the Kafka protocol. {@link io.millrace.broker.BrokerLite#start} is the whole API: whoever
 * embeds it knows a data folder, a port and the bootstrap address, never an engine. There are two: Apache Kafka's own broker in KRaft mode,
 * tuned for one small machine ({@link io.millrace.broker.KafkaEngine}), and the light one, made of Kafka's Java parts and ours ({@link
 * io.millrace.broker.server.LightBroker}, decision 0017). A data folder of either is the other's.
 *
 * <p>Invariants: one broker owns a data folder; the listener is on the loopback address unless told otherwise; what was acknowledged is
 * there after the process is killed (after a power loss only what the operating system had written).
 */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
