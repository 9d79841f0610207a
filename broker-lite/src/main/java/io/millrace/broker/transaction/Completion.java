package io.millrace.broker.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction on its way from PrepareCommit to CompleteCommit, or from PrepareAbort to CompleteAbort. It goes in rounds: markers to all
 * partitions that have none yet; when none is left, the record that the transaction is complete. A round that did not get that far is
 * followed by another after a pause. Rounds never overlap, so no marker is on its way when the transaction is complete: it could end the
 * next one, which may have the same epoch.
 */
final class Completion {
    private static final Logger LOG = LoggerFactory.getLogger(Completion.class);

    private final Completions all;
    private final Held held;
    private final TxnTransitMetadata complete;
    private final TransactionResult result;
    private final CompletableFuture<Void> firstRound = new CompletableFuture<>();
    // Touched by one round at a time.
    private int coordinatorEpoch;
    private int failures;
    private final AtomicInteger seenEpoch = new AtomicInteger();
    private volatile @Nullable Throwable lastError;

    Completion(Completions all, Held held, TxnTransitMetadata complete) {
        this.all = all;
        this.held = held;
        this.complete = complete;
        this.result = complete.txnState() == TransactionState.COMPLETE_COMMIT
                ? TransactionResult.COMMIT
                : TransactionResult.ABORT;
        this.coordinatorEpoch = held.home().leaderEpoch();
    }

    static boolean ofOffsets(TopicPartition partition) {
        return partition.topic().equals(Topic.GROUP_METADATA_TOPIC_NAME);
    }

    TxnTransitMetadata complete() {
        return complete;
    }

    /** Starts; done when the first round is over, with whatever success, which is soon. Markers go out on this thread if that is cheap. */
    CompletableFuture<Void> begin() {
        if (all.inline(unmarked())) {
            round();
        } else {
            all.execute(this::round, this::end);
        }
        return firstRound;
    }

    private List<TopicPartition> unmarked() {
        return held.inLock(() -> List.copyOf(held.state().topicPartitions()));
    }

    private void round() {
        if (held.home().closed()) {
            end();
            return;
        }
        // Only now: an epoch that was seen because this coordinator has loaded the partition again must not be ours.
        coordinatorEpoch = Math.max(coordinatorEpoch, seenEpoch.get());
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (TopicPartition partition : unmarked()) {
            answers.add(write(partition).handle((done, error) -> settle(partition, error)));
        }
        CompletableFuture<Void> answered = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
        if (answered.isDone()) {
            finish(answered);
        } else {
            // The group coordinator answers on its own thread, which is not for our appends.
            answered.whenComplete((done, error) -> all.execute(() -> finish(answered), this::end));
        }
    }

    private CompletableFuture<Void> write(TopicPartition partition) {
        if (!all.parts().partitions().known(partition)) {
            LOG.atInfo()
                    .addKeyValue("transactionalId", held.state().transactionalId())
                    .addKeyValue("partition", partition)
                    .log("a partition of a transaction was deleted and needs no marker");
            return CompletableFuture.completedFuture(null);
        }
        TransactionMetadata state = held.state();
        EndMarker marker = new EndMarker(
                state.producerId(),
                state.producerEpoch(),
                coordinatorEpoch,
                result,
                state.clientTransactionVersion().featureLevel());
        return all.markers().write(marker, partition);
    }

    private @Nullable Void settle(TopicPartition partition, @Nullable Throwable error) {
        if (error == null || nothingOpen(partition, error)) {
            held.inLock(() -> {
                // Invariant: what is left in the state's partitions has no marker yet.
                held.state().removePartition(partition);
                return partition;
            });
        } else {
            lastError = error;
        }
        return null;
    }

    /**
     * Whether the partition refused the marker because it has seen a newer epoch, and has no open transaction of this producer: then it
     * needs none. An administrator who ended a hanging transaction by hand leaves partitions so.
     */
    private boolean nothingOpen(TopicPartition partition, Throwable error) {
        Errors code = Errors.forException(unwrap(error));
        if (code != Errors.INVALID_PRODUCER_EPOCH && code != Errors.TRANSACTION_COORDINATOR_FENCED) {
            return false;
        }
        for (ProducerState seen : all.parts().logs().log(partition).activeProducers()) {
            if (seen.producerId() == held.state().producerId()) {
                // There is no other coordinator, so who used a higher epoch is none, and the next round may use it too.
                seenEpoch.accumulateAndGet(seen.coordinatorEpoch(), Math::max);
                return seen.currentTxnStartOffset() < 0;
            }
        }
        return false;
    }

    private void finish(CompletableFuture<Void> answered) {
        answered.exceptionally(error -> {
            lastError = error;
            return null;
        });
        boolean done = unmarked().isEmpty() && written();
        if (done || held.home().closed()) {
            end();
            return;
        }
        failures++;
        warn();
        all.later(failures, () -> all.execute(this::round, this::end));
        firstRound.complete(null);
    }

    private boolean written() {
        Errors error = all.store().append(held, complete);
        if (error == Errors.NONE) {
            return true;
        }
        lastError = error.exception();
        return false;
    }

    private void end() {
        all.ended();
        firstRound.complete(null);
    }

    private void warn() {
        // The first time, the second, the fourth, the eighth: it may last.
        if (Integer.bitCount(failures) == 1) {
            LOG.atWarn()
                    .addKeyValue("transactionalId", held.state().transactionalId())
                    .addKeyValue("state", held.state().state())
                    .addKeyValue("partitions", unmarked())
                    .addKeyValue("tries", failures)
                    .addKeyValue("error", String.valueOf(lastError))
                    .log("a transaction's end could not be written everywhere yet and is tried again");
        }
    }

    private static Throwable unwrap(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
