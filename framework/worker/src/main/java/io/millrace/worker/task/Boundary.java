package io.millrace.worker.task;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTask.TransactionBoundary;
import org.apache.kafka.connect.source.TransactionContext;

/** Decides where a source task's transactions end (KIP-618): after each poll, after a time, or where the connector says. */
final class Boundary {
    enum Decision {
        KEEP,
        COMMIT,
        ABORT
    }

    private static final Duration SHORT = Duration.ofSeconds(20);
    /** {@code transaction.max.timeout.ms} of a broker, unless it says otherwise. */
    private static final Duration BROKER_MAXIMUM = Duration.ofMinutes(15);

    private static final Duration LONG = Duration.ofMinutes(5);

    private final TransactionBoundary kind;
    private final Duration interval;
    private final Clock clock;
    private final BoundaryRequests requests = new BoundaryRequests();
    private Instant lastCommit;

    private Boundary(TransactionBoundary kind, Duration interval, Clock clock) {
        this.kind = kind;
        this.interval = interval;
        this.clock = clock;
        this.lastCommit = clock.instant();
    }

    /** From {@code transaction.boundary} and {@code transaction.boundary.interval.ms}. */
    static Boundary from(Map<String, String> config, Duration defaultInterval, Clock clock) {
        String kind =
                config.getOrDefault(SourceTask.TRANSACTION_BOUNDARY_CONFIG, TransactionBoundary.DEFAULT.toString());
        Duration interval = Optional.ofNullable(config.get("transaction.boundary.interval.ms"))
                .map(ms -> Duration.ofMillis(Long.parseLong(ms.strip())))
                .orElse(defaultInterval);
        return new Boundary(TransactionBoundary.fromProperty(kind), interval, clock);
    }

    /**
     * After how long the broker may abort a transaction. Short, because until then a task that is gone for good, with its worker, keeps
     * what others wrote after it from being read.
     */
    Duration transactionTimeout() {
        return switch (kind) {
            case POLL -> SHORT;
            case INTERVAL -> shorter(SHORT.plus(interval.multipliedBy(2)), BROKER_MAXIMUM);
            case CONNECTOR -> LONG;
        };
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Present only where the connector draws the boundaries. */
    Optional<TransactionContext> context() {
        return kind == TransactionBoundary.CONNECTOR ? Optional.of(requests) : Optional.empty();
    }

    /** After a record was sent or dropped; a request for a record comes before one for its batch. */
    Decision afterRecord(SourceRecord record) {
        return kind == TransactionBoundary.CONNECTOR ? requests.takeOf(record) : Decision.KEEP;
    }

    /** After a poll and all its records, also of an empty poll. */
    Decision afterBatch() {
        return switch (kind) {
            case POLL -> Decision.COMMIT;
            case INTERVAL -> clock.instant().isBefore(lastCommit.plus(interval)) ? Decision.KEEP : Decision.COMMIT;
            case CONNECTOR -> requests.takeOfBatch();
        };
    }

    /** When the task stops in good health. */
    Decision atStop() {
        return kind == TransactionBoundary.CONNECTOR ? requests.takeOfBatch() : Decision.COMMIT;
    }

    void committed() {
        lastCommit = clock.instant();
    }
}
