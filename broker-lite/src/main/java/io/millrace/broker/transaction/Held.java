package io.millrace.broker.transaction;

import java.util.function.Supplier;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;

/** The state of one transactional id and the loaded partition it lives in. */
record Held(StatePartition home, TransactionMetadata state) {
    <T> T inLock(Supplier<T> action) {
        return state.inLock(action);
    }
}
