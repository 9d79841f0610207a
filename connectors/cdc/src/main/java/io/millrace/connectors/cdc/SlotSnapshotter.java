package io.millrace.connectors.cdc;

import io.debezium.spi.snapshot.Snapshotter;
import java.util.Map;

/**
 * Debezium's mode {@code initial}, but after the snapshot the changes are read from where the replication slot stands, not from where the
 * snapshot was taken. The two differ only when a snapshot starts again after it was cut off: the slot is older, and between the two a row
 * that the first one told of may have been deleted. Debezium's own mode never tells of that delete. Here the changes since the first
 * snapshot come after the second one; each is the full row, so a table ends as the database has it.
 */
public final class SlotSnapshotter implements Snapshotter {
    /** What {@code snapshot.mode.custom.name} calls it. */
    static final String NAME = "millrace_from_slot";

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
        return !offsetExists || snapshotInProgress;
    }

    @Override
    public boolean shouldSnapshotSchema(boolean offsetExists, boolean snapshotInProgress) {
        return shouldSnapshotData(offsetExists, snapshotInProgress);
    }

    @Override
    public boolean shouldStream() {
        return true;
    }

    @Override
    public boolean shouldStreamEventsStartingFromSnapshot() {
        return false;
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
