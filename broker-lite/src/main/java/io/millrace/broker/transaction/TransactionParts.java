package io.millrace.broker.transaction;

import io.millrace.broker.storage.Logs;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.util.Scheduler;

/**
 * What the coordinator needs of the broker.
 *
 * @param statePartitions how many partitions {@code __transaction_state} has, or will have when it is made
 * @param transactionVersion the finalized level of the feature {@code transaction.version}
 * @param scheduler for what comes later: retries, timeouts, expiry; its tasks append to logs
 * @param io for what may open logs or read them whole
 */
public record TransactionParts(
        Logs logs,
        Partitions partitions,
        IntSupplier statePartitions,
        OffsetMarkers offsetMarkers,
        ProducerIds producerIds,
        Supplier<TransactionVersion> transactionVersion,
        Scheduler scheduler,
        Executor io,
        Time time) {}
