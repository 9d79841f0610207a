package io.millrace.worker.task;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a sink task's consumer reads on: not while it rests, nor while the task wants the same batch again later, nor while too many dead letters
 * wait for an offset. A paused consumer still polls, and so keeps its place in the group. Owned by the task thread.
 */
final class SinkReading {
    private static final Logger LOG = LoggerFactory.getLogger(SinkReading.class);

    /** Longest wait in poll, so that a stop is seen soon. */
    static final Duration MAX_POLL = Duration.ofMillis(200);
    /** Dead letters kept in memory before a commit is forced, and before reading stops. */
    private static final int MANY_HELD = 500;

    private static final int TOO_MANY_HELD = 5_000;
    private static final long TOO_MANY_BYTES = 64L * 1024 * 1024;

    private final SinkLife life;
    private @Nullable Instant retryAt;
    private boolean holdingBack;
    private boolean resting;

    SinkReading(SinkLife life) {
        this.life = life;
    }

    /** Nothing is read until the task has taken what it was given. */
    void retryAfter(Duration wait) {
        retryAt = life.clock().instant().plus(wait);
        life.consumer().pause(life.consumer().assignment());
    }

    /** Nothing is read until {@link #endRest}. */
    void rest() {
        resting = true;
        life.consumer().pause(life.consumer().assignment());
    }

    void endRest() {
        resting = false;
        resume();
    }

    boolean isRetrying() {
        return retryAt != null;
    }

    /** Whether it is not yet time to give the task the same again. */
    boolean isBeforeRetry() {
        return retryAt != null && life.clock().instant().isBefore(retryAt);
    }

    /** The task has taken it, or reading has gone back. */
    void endRetry() {
        if (retryAt != null) {
            retryAt = null;
            life.monitor().running();
        }
    }

    /** Whether a commit should not wait for its time. */
    boolean holdsMany() {
        return life.progress().held() > MANY_HELD || holdsTooMuch();
    }

    private boolean holdsTooMuch() {
        int held = life.progress().held();
        return held > TOO_MANY_HELD || (held > 0 && life.progress().heldBytes() > TOO_MANY_BYTES);
    }

    /** Pauses or resumes by how many dead letters are held. */
    void holdBack() {
        boolean tooMany = holdsTooMuch();
        if (tooMany && !holdingBack) {
            life.warn(
                    LOG,
                    "reading pauses until the task lets offsets past its dead letters be committed",
                    life.progress().held() + " held");
            life.consumer().pause(life.consumer().assignment());
        } else if (!tooMany && holdingBack) {
            resume();
        }
        holdingBack = tooMany;
    }

    /** Partitions that came while nothing is read. */
    void assigned(Collection<TopicPartition> partitions) {
        if (retryAt != null || holdingBack || resting) {
            life.consumer().pause(partitions);
        }
    }

    /** Reads on, but for what the task itself has paused. */
    void resume() {
        if (retryAt != null || resting || holdsTooMuch()) {
            return;
        }
        Set<TopicPartition> partitions = new HashSet<>(life.consumer().assignment());
        partitions.removeAll(life.context().paused());
        life.consumer().resume(partitions);
    }

    Duration pollTime(Instant nextCommit) {
        Instant until = retryAt != null && retryAt.isBefore(nextCommit) ? retryAt : nextCommit;
        Duration left = Duration.between(life.clock().instant(), until);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(MAX_POLL) < 0 ? left : MAX_POLL;
    }
}
