package io.millrace.broker.group;

import io.millrace.broker.storage.Logs;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads groups although the disk fails: Kafka's coordinator gives up a partition that could not be loaded once, until another broker has led
 * it. As long as nothing was read a loading just takes longer; one that ended midway is begun anew. A partition that nobody wrote to is
 * empty without being opened.
 */
final class PatientLoader<R> implements CoordinatorLoader<R> {
    static final long RETRY_MILLIS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(PatientLoader.class);

    private final CoordinatorLoader<R> reader;
    private final Logs logs;
    private final Timer timer;
    private final Time time;
    private final Consumer<TopicPartition> beginAnew;
    /** The last loading of each partition, as long as it lasts. The end of an earlier one is not told: it would be taken for the last one's. */
    private final Map<TopicPartition, Playback<R>> present = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /**
     * @param timer closed after this
     * @param beginAnew lets go of a partition and serves it again, with nothing of what was read of it
     */
    PatientLoader(CoordinatorLoader<R> reader, Logs logs, Timer timer, Time time, Consumer<TopicPartition> beginAnew) {
        this.reader = reader;
        this.logs = logs;
        this.timer = timer;
        this.time = time;
        this.beginAnew = beginAnew;
    }

    @Override
    public CompletableFuture<LoadSummary> load(TopicPartition partition, CoordinatorPlayback<R> coordinator) {
        if (logs.untouched(partition)) {
            present.remove(partition);
            long now = time.milliseconds();
            return CompletableFuture.completedFuture(new LoadSummary(now, now, 0, 0, 0));
        }
        Playback<R> playback = new Playback<>(coordinator);
        present.put(partition, playback);
        CompletableFuture<LoadSummary> loaded = new CompletableFuture<>();
        attempt(partition, playback, loaded);
        return loaded;
    }

    private void attempt(TopicPartition partition, Playback<R> playback, CompletableFuture<LoadSummary> loaded) {
        if (present.get(partition) != playback) {
            return;
        }
        reader.load(partition, playback).whenComplete((summary, failure) -> {
            boolean disk = !closed && cause(failure) instanceof KafkaStorageException;
            if (disk && !playback.touched) {
                LOG.atDebug()
                        .setCause(failure)
                        .addKeyValue("partition", partition)
                        .log("Groups wait for the log that they are in.");
                later(() -> attempt(partition, playback, loaded));
            } else if (present.remove(partition, playback)) {
                end(loaded, summary, failure);
                if (disk) {
                    later(() -> beginAnew.accept(partition));
                }
            }
        });
    }

    private static void end(CompletableFuture<LoadSummary> loaded, LoadSummary summary, @Nullable Throwable failure) {
        if (failure == null) {
            loaded.complete(summary);
        } else {
            loaded.completeExceptionally(failure);
        }
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private void later(Runnable action) {
        timer.add(new TimerTask(RETRY_MILLIS) {
            @Override
            public void run() {
                if (!closed) {
                    action.run();
                }
            }
        });
    }

    @Override
    public void close() throws Exception {
        closed = true;
        reader.close();
    }

    /** Knows whether anything has reached the coordinator. */
    private static final class Playback<R> implements CoordinatorPlayback<R> {
        private final CoordinatorPlayback<R> coordinator;
        private volatile boolean touched;

        Playback(CoordinatorPlayback<R> coordinator) {
            this.coordinator = coordinator;
        }

        @Override
        public void replay(long offset, long producerId, short producerEpoch, R record) {
            touched = true;
            coordinator.replay(offset, producerId, producerEpoch, record);
        }

        @Override
        public void replayEndTransactionMarker(long producerId, short producerEpoch, TransactionResult result) {
            touched = true;
            coordinator.replayEndTransactionMarker(producerId, producerEpoch, result);
        }

        @Override
        public void updateLastWrittenOffset(long offset) {
            touched = true;
            coordinator.updateLastWrittenOffset(offset);
        }

        @Override
        public void updateLastCommittedOffset(long offset) {
            touched = true;
            coordinator.updateLastCommittedOffset(offset);
        }
    }
}
