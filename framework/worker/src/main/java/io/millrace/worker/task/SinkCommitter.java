package io.millrace.worker.task;

import io.millrace.worker.offset.CommitPlan;
import java.time.Duration;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the commits of a sink task. Offsets and dead letters go in one transaction. Owned by the task thread. */
final class SinkCommitter {
    private static final Logger LOG = LoggerFactory.getLogger(SinkCommitter.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final String place;
    private final Consumer<byte[], byte[]> consumer;
    private final @Nullable Producer<byte[], byte[]> deadLetters;

    /** @param deadLetters transactional, with its transactions initialised; null where the connector has no dead letter topic */
    SinkCommitter(String place, Consumer<byte[], byte[]> consumer, @Nullable Producer<byte[], byte[]> deadLetters) {
        this.place = place;
        this.consumer = consumer;
        this.deadLetters = deadLetters;
    }

    /**
     * Commits the plan, all or nothing.
     *
     * @return false when it was not committed for now, and may be tried again with a later plan
     * @throws org.apache.kafka.common.KafkaException when it failed in a way that only a new start of the task can mend
     */
    boolean commit(CommitPlan<ProducerRecord<byte[], byte[]>> plan) {
        try {
            if (plan.letters().isEmpty()) {
                consumer.commitSync(plan.offsets(), TIMEOUT);
            } else {
                commitWithLetters(plan);
            }
            return true;
        } catch (TimeoutException
                | RetriableCommitFailedException
                | RebalanceInProgressException
                | CommitFailedException e) {
            LOG.atWarn()
                    .addKeyValue("task", place)
                    .addKeyValue("error", e.toString())
                    .log("offsets are not committed for now");
            return false;
        }
    }

    private void commitWithLetters(CommitPlan<ProducerRecord<byte[], byte[]>> plan) {
        Producer<byte[], byte[]> producer = deadLetters;
        if (producer == null) {
            throw new IllegalStateException("Sink task " + place + " holds dead letters without a topic for them.");
        }
        producer.beginTransaction();
        try {
            // Invariant: dead letters and the offsets past them become visible together.
            plan.letters().forEach(producer::send);
            if (!plan.offsets().isEmpty()) {
                producer.sendOffsetsToTransaction(plan.offsets(), consumer.groupMetadata());
            }
            producer.commitTransaction();
        } catch (CommitFailedException | RebalanceInProgressException e) {
            producer.abortTransaction();
            throw e;
        } catch (TimeoutException e) {
            // Whether it was committed is not known; only a new producer of the same id can tell.
            throw new ConnectException(
                    "Sink task " + place + " could not commit its dead letters in time: " + e.getMessage(), e);
        } catch (KafkaException e) {
            // What is left open ends with the producer: it is closed before the task starts again.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConnectException(
                    "Sink task " + place + " could not commit its dead letters to '"
                            + plan.letters().get(0).topic() + "': " + cause.getMessage(),
                    e);
        }
    }
}
