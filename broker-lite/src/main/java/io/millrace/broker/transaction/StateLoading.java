package io.millrace.broker.transaction;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads partitions of {@code __transaction_state}, and ends what a former run had begun to end. */
final class StateLoading {
    private static final Logger LOG = LoggerFactory.getLogger(StateLoading.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final TransactionParts parts;
    private final StateStore store;
    private final StateLog log;
    private final Completions completions;

    StateLoading(TransactionParts parts, StateStore store, StateLog log, Completions completions) {
        this.parts = parts;
        this.store = store;
        this.log = log;
        this.completions = completions;
    }

    CompletableFuture<Void> load(int partition, int leaderEpoch) {
        CompletableFuture<Void> loaded = new CompletableFuture<>();
        StatePartition present = store.partition(partition);
        if (present != null && present.leaderEpoch() >= leaderEpoch) {
            loaded.complete(null);
            return loaded;
        }
        if (partition >= store.partitionCount()) {
            LOG.atError()
                    .addKeyValue("partition", partition)
                    .addKeyValue("partitions", store.partitionCount())
                    .log(
                            "the number of partitions of __transaction_state has changed; the new ones are not used before a restart");
            loaded.complete(null);
            return loaded;
        }
        StatePartition home = new StatePartition(partition, leaderEpoch);
        store.put(home);
        if (parts.logs().untouched(home.topicPartition())) {
            home.open(Map.of());
            loaded.complete(null);
            return loaded;
        }
        parts.io().execute(() -> read(home, loaded));
        return loaded;
    }

    private void read(StatePartition home, CompletableFuture<Void> loaded) {
        if (home.closed()) {
            loaded.complete(null);
            return;
        }
        try {
            Map<String, TransactionMetadata> states = log.read(home.topicPartition(), home::loading);
            LOG.atDebug()
                    .addKeyValue("partition", home.topicPartition())
                    .addKeyValue("transactionalIds", states.size())
                    .log("transactions loaded");
            open(home, states);
            loaded.complete(null);
        } catch (RuntimeException | IOException e) {
            // Never half loaded: an id that is missing here would be taken for a new one, and its transaction never
            // end.
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("partition", home.topicPartition())
                    .log("the transaction log cannot be read; its transactional ids are not served until it can");
            parts.scheduler()
                    .scheduleOnce(
                            "load-transactions", () -> parts.io().execute(() -> read(home, loaded)), RETRY.toMillis());
        }
    }

    private void open(StatePartition home, Map<String, TransactionMetadata> states) {
        List<Completion> unfinished = new ArrayList<>();
        for (TransactionMetadata state : states.values()) {
            completion(new Held(home, state)).ifPresent(unfinished::add);
        }
        home.open(states);
        unfinished.forEach(completion -> completion.begin());
    }

    private Optional<Completion> completion(Held held) {
        TransactionState state = held.state().state();
        if (state != TransactionState.PREPARE_COMMIT && state != TransactionState.PREPARE_ABORT) {
            return Optional.empty();
        }
        return Optional.of(completions.of(held));
    }
}
