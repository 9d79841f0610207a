package io.millrace.broker.transaction;

import io.millrace.broker.storage.Logs;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * Sees to it that a transactional batch is appended only where the coordinator knows of it, so that no transaction stays open for ever.
 * The guard is taken from the log first, then the coordinator is asked, then the batch is appended with the guard: a marker that comes in
 * between takes the guard away and the append fails. Thread-safe.
 */
public final class Verification {
    /** What a client can do, by the version of its Produce or TxnOffsetCommit request. */
    public enum Client {
        /** Up to Produce 10 and TxnOffsetCommit 3: adds partitions itself and does not know TRANSACTION_ABORTABLE. */
        OLD,
        /** Produce 11 and TxnOffsetCommit 4. */
        KNOWS_ABORTABLE,
        /** From Produce 12 and TxnOffsetCommit 5 on: its requests add the partition (transaction version 2). */
        ADDS_BY_WRITING;

        public static Client ofProduce(short version) {
            return version > 11 ? ADDS_BY_WRITING : version > 10 ? KNOWS_ABORTABLE : OLD;
        }

        public static Client ofTxnOffsetCommit(short version) {
            return version > 4 ? ADDS_BY_WRITING : version > 3 ? KNOWS_ABORTABLE : OLD;
        }
    }

    /**
     * @param errors the partitions to which nothing may be appended, and why
     * @param guards what to append with; none where the transaction is open in the log already
     */
    public record Verified(Map<TopicPartition, Errors> errors, Map<TopicPartition, VerificationGuard> guards) {
        public VerificationGuard guard(TopicPartition partition) {
            return guards.getOrDefault(partition, VerificationGuard.SENTINEL);
        }
    }

    private final TransactionParts parts;
    private final TransactionSettings settings;
    private final AddPartitions coordinator;
    private final BooleanSupplier enabled;

    Verification(
            TransactionParts parts, TransactionSettings settings, AddPartitions coordinator, BooleanSupplier enabled) {
        this.parts = parts;
        this.settings = settings;
        this.coordinator = coordinator;
        this.enabled = enabled;
    }

    /**
     * Verifies, or adds, the partitions that a request writes to, each with the first sequence of its batch. Done at once, except that a
     * client that adds by writing may have to wait for the end of its last transaction, and that logs which are not open are opened on the
     * executor. The errors are the group coordinator's to map; see
     * {@link #toProduceError} for those of a Produce request.
     */
    public CompletableFuture<Verified> verify(
            String transactionalId,
            long producerId,
            short producerEpoch,
            Map<TopicPartition, Integer> firstSequences,
            Client client) {
        if (client != Client.ADDS_BY_WRITING && !enabled.getAsBoolean()) {
            return CompletableFuture.completedFuture(new Verified(Map.of(), Map.of()));
        }
        Attempt attempt = new Attempt(transactionalId, producerId, producerEpoch, firstSequences, client);
        CompletableFuture<Verified> answer = new CompletableFuture<>();
        long until =
                parts.time().milliseconds() + settings.addPartitionPatience().toMillis();
        if (attempt.ready()) {
            run(attempt, until, answer);
        } else {
            parts.io().execute(() -> run(attempt, until, answer));
        }
        return answer;
    }

    private void run(Attempt attempt, long until, CompletableFuture<Verified> answer) {
        try {
            Verified verified = attempt.run();
            if (attempt.mayWait() && busy(verified) && parts.time().milliseconds() < until) {
                again(attempt, until, answer);
            } else {
                answer.complete(verified);
            }
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private void again(Attempt attempt, long until, CompletableFuture<Verified> answer) {
        parts.scheduler()
                .scheduleOnce(
                        "add-partitions-to-transaction",
                        () -> run(attempt, until, answer),
                        settings.addPartitionBackoff().toMillis());
    }

    private static boolean busy(Verified verified) {
        return verified.errors().containsValue(Errors.CONCURRENT_TRANSACTIONS);
    }

    /** What a Produce response says: older clients retry some errors only under the name of another. */
    public static Errors toProduceError(Errors error, Client client) {
        return switch (error) {
            case NETWORK_EXCEPTION, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR ->
                Errors.NOT_ENOUGH_REPLICAS;
            case CONCURRENT_TRANSACTIONS -> client == Client.ADDS_BY_WRITING ? error : Errors.NOT_ENOUGH_REPLICAS;
            default -> error;
        };
    }

    private static Errors toWriterError(Errors error, Client client) {
        return switch (error) {
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case TRANSACTION_ABORTABLE -> client == Client.OLD ? Errors.INVALID_TXN_STATE : error;
            default -> error;
        };
    }

    /** One request; each run takes guards and asks the coordinator. */
    private final class Attempt {
        private final String transactionalId;
        private final long producerId;
        private final short producerEpoch;
        private final Map<TopicPartition, Integer> firstSequences;
        private final Client client;

        Attempt(
                String transactionalId,
                long producerId,
                short producerEpoch,
                Map<TopicPartition, Integer> firstSequences,
                Client client) {
            this.transactionalId = transactionalId;
            this.producerId = producerId;
            this.producerEpoch = producerEpoch;
            this.firstSequences = Map.copyOf(firstSequences);
            this.client = client;
        }

        /** Whether nothing must be opened, so that any thread may run this. */
        boolean ready() {
            return firstSequences.keySet().stream()
                            .allMatch(p ->
                                    parts.logs().ready(p) || !parts.partitions().known(p))
                    && (client != Client.ADDS_BY_WRITING || coordinator.ready(transactionalId));
        }

        /** Whether the client has nobody to tell that its last transaction has ended. */
        boolean mayWait() {
            return client == Client.ADDS_BY_WRITING;
        }

        Verified run() {
            Map<TopicPartition, Errors> errors = new HashMap<>();
            Map<TopicPartition, VerificationGuard> guards = new HashMap<>();
            firstSequences.forEach((partition, sequence) -> take(partition, sequence, errors, guards));
            if (!guards.isEmpty()) {
                ask(guards.keySet()).forEach((partition, error) -> {
                    if (error != Errors.NONE) {
                        errors.put(partition, toWriterError(error, client));
                    }
                });
            }
            return new Verified(errors, guards);
        }

        private void take(
                TopicPartition partition,
                int sequence,
                Map<TopicPartition, Errors> errors,
                Map<TopicPartition, VerificationGuard> guards) {
            Logs logs = parts.logs();
            try {
                VerificationGuard guard = logs.log(partition)
                        .maybeStartTransactionVerification(
                                producerId, sequence, producerEpoch, client == Client.ADDS_BY_WRITING);
                if (guard != VerificationGuard.SENTINEL) {
                    guards.put(partition, guard);
                }
            } catch (ApiException e) {
                errors.put(partition, Errors.forException(e));
            }
        }

        private Map<TopicPartition, Errors> ask(Set<TopicPartition> partitions) {
            if (client != Client.ADDS_BY_WRITING) {
                return coordinator.verify(transactionalId, producerId, producerEpoch, partitions);
            }
            Errors error =
                    coordinator.add(transactionalId, producerId, producerEpoch, partitions, TransactionVersion.TV_2);
            return AddPartitions.all(partitions, error);
        }
    }
}
