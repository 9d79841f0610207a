package io.millrace.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;
import org.junit.jupiter.api.Test;

class BoundaryTest {
    private static final SourceRecord RECORD = new SourceRecord(Map.of(), Map.of(), "t", null, "v");

    private static Boundary of(String kind) {
        return Boundary.from(Map.of("transaction.boundary", kind), Duration.ofHours(1), Clock.systemUTC());
    }

    @Test
    void endsATransactionAfterEachPollByDefault() {
        Boundary boundary = Boundary.from(Map.of(), Duration.ofHours(1), Clock.systemUTC());
        assertThat(boundary.context()).isEmpty();
        assertThat(boundary.afterRecord(RECORD)).isEqualTo(Boundary.Decision.KEEP);
        assertThat(boundary.afterBatch()).isEqualTo(Boundary.Decision.COMMIT);
    }

    @Test
    void keepsATransactionOpenUntilItsIntervalIsOver() {
        assertThat(of("interval").afterBatch()).isEqualTo(Boundary.Decision.KEEP);
        assertThat(of("interval").atStop()).isEqualTo(Boundary.Decision.COMMIT);
    }

    @Test
    void takesEachRequestOfTheConnectorOnce() {
        Boundary boundary = of("connector");
        TransactionContext context = boundary.context().orElseThrow();
        context.commitTransaction(RECORD);
        context.abortTransaction();
        assertThat(boundary.afterRecord(RECORD)).isEqualTo(Boundary.Decision.COMMIT);
        assertThat(boundary.afterRecord(RECORD)).isEqualTo(Boundary.Decision.KEEP);
        assertThat(boundary.afterBatch()).isEqualTo(Boundary.Decision.ABORT);
        assertThat(boundary.afterBatch()).isEqualTo(Boundary.Decision.KEEP);
        assertThat(boundary.atStop()).isEqualTo(Boundary.Decision.KEEP);
    }
}
