package io.millrace.connectors.cdc;

import io.debezium.spi.snapshot.Snapshotter;
import java.util.Map;

/**
 * Debezium's mode {@code initial}, but after the snapshot the changes are read from where the replication slot stands, not from where the
 * snapshot was taken. The two differ only when a snapshot starts again after it was cut off: the slot is older, and between the two a row
 * that the first one told of may have been deleted. Debezium's own mode never tells of that delete. Here the changes since the first
 * snapshot come after the second one; each is the full row, so a table ends as the database has it.
 *
 * <p>Debezium asks {@link #shouldStreamEventsStartingFromSnapshot} about two things. First, right after {@link #shouldSnapshotData} and only
 * where there is an offset: whether the snapshot needs no catching up before. It never does: Debezium's catching up waits for the next
 * change before a snapshot begins, and where no snapshot follows, the streaming after it ends at once, so that a source that was started
 * again would fall silent. Later, inside a snapshot: whether changes are read from where the snapshot is. They are not. Asked by one thread.
 */
public final class SlotSnapshotter implements Snapshotter {
    /** What {@code snapshot.mode.custom.name} calls it. */
    static final String NAME = "millrace_from_slot";

    /** Whether the next question is the one about catching up. */
    private boolean asksForCatchingUp;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        // it has no settings
    }

    @Override
    public boolean shouldSnapshotData(boolean offsetExists, boolean snapshotInProgress) {
        asksForCatchingUp = offsetExists;
        return isNeeded(offsetExists, snapshotInProgress);
    }

    @Override
    public boolean shouldSnapshotSchema(boolean offsetExists, boolean snapshotInProgress) {
        return isNeeded(offsetExists, snapshotInProgress);
    }

    private static boolean isNeeded(boolean offsetExists, boolean snapshotInProgress) {
        return !offsetExists || snapshotInProgress;
    }

    @Override
    public boolean shouldStream() {
        return true;
    }

    @Override
    public boolean shouldStreamEventsStartingFromSnapshot() {
        boolean catchingUp = asksForCatchingUp;
        asksForCatchingUp = false;
        return catchingUp;
    }

    @Override
    public boolean shouldSnapshotOnSchemaError() {
        return false;
    }

    @Override
    public boolean shouldSnapshotOnDataError() {
        return false;
    }
}
