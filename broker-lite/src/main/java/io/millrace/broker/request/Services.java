package io.millrace.broker.request;

import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.network.Exchange;
import io.millrace.broker.security.Access;
import io.millrace.broker.storage.Logs;
import java.util.Collection;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.util.Scheduler;

/**
 * What request handlers work with.
 *
 * @param config the broker's properties
 * @param metadata what is known of topics and configurations, and the controller
 * @param logs the partition logs
 * @param access who may do what
 * @param io runs what may wait for a disk
 * @param recovered waits for logs that must be recovered
 * @param scheduler runs what comes later
 * @param time the clock
 * @param traffic counts what is written and read
 */
public record Services(
        AbstractKafkaConfig config,
        Metadata metadata,
        Logs logs,
        Access access,
        Executor io,
        RecoveredLogs recovered,
        Scheduler scheduler,
        Time time,
        Traffic traffic) {
    /** Goes on with a request where it may wait for a disk, when the logs that it uses have been recovered. */
    void runOnIo(Exchange exchange, Collection<TopicPartition> used, Runnable rest) {
        recovered.of(used).thenRun(() -> runOnIo(exchange, rest)).exceptionally(e -> {
            exchange.answerError(e);
            return null;
        });
    }

    /** Goes on with a request where it may wait for a disk. */
    void runOnIo(Exchange exchange, Runnable rest) {
        io.execute(() -> {
            try {
                rest.run();
            } catch (Throwable e) {
                exchange.answerError(e);
            }
        });
    }
}
