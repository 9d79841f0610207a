package io.millrace.broker.transaction;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** What its producer knows of a transaction. */
final class SimulatedTransaction {
    enum Outcome {
        /** Not asked to commit, or the commit was refused: it may never be seen. */
        NOT_COMMITTED,
        /** The producer asked to commit and does not know what came of it: all of it or nothing. */
        DOUBTFUL,
        COMMITTED
    }

    /** A record on one incarnation of a partition. */
    record Write(TopicPartition partition, Uuid incarnation, String value) {}

    final String name;
    final List<Write> tried = new ArrayList<>();
    final List<Write> acknowledged = new ArrayList<>();
    Outcome outcome = Outcome.NOT_COMMITTED;

    SimulatedTransaction(String name) {
        this.name = name;
    }

    void doubt() {
        if (outcome == Outcome.NOT_COMMITTED) {
            outcome = Outcome.DOUBTFUL;
        }
    }
}
