/**
 * Kafka Streams with exactly-once on a broker in a process of its own, while instances and the broker are stopped, killed and started again.
 *
 * <p>{@link io.millrace.broker.soak.Soak} is the whole run, {@link io.millrace.broker.soak.Events} the input and thereby what must come out,
 * {@link io.millrace.broker.soak.Outputs} compares. {@code StreamsSoakTest} is the short form of every build, {@code StreamsSoak} the long one
 * of the profile {@code soak}.
 */
package io.millrace.broker.soak;
