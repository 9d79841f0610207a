/**
 * How the worker meets the broker: {@link io.millrace.worker.client.KafkaClients} makes every producer, consumer and admin client with the
 * settings that exactly-once needs, {@link io.millrace.worker.client.TopicCreator} creates the topics that records name.
 *
 * <p>Invariants: producers are transactional and idempotent, consumers read committed records only, and no override of a user can change
 * that. Clients are made under the worker's own class loader, whatever the calling thread's loader is.
 */
@NullMarked
package io.millrace.worker.client;

import org.jspecify.annotations.NullMarked;
