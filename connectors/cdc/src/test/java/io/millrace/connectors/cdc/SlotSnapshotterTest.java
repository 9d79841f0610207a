package io.millrace.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotSnapshotterTest {
    private final SlotSnapshotter snapshotter = new SlotSnapshotter();

    @Test
    void theFirstSnapshotIsFollowedByTheChangesSinceTheSlot() {
        assertThat(snapshotter.shouldSnapshotData(false, false)).isTrue();
        assertThat(snapshotter.shouldStreamEventsStartingFromSnapshot()).isFalse();
        assertThat(snapshotter.shouldStreamEventsStartingFromSnapshot()).isFalse();
    }

    @Test
    void afterASnapshotNothingIsCaughtUpBeforeTheStreaming() {
        assertThat(snapshotter.shouldSnapshotData(true, false)).isFalse();
        assertThat(snapshotter.shouldStreamEventsStartingFromSnapshot()).isTrue();
    }

    @Test
    void aSnapshotThatWasCutOffBeginsAnewAtOnceAndIsFollowedByTheChangesSinceTheSlot() {
        assertThat(snapshotter.shouldSnapshotData(true, true)).isTrue();
        assertThat(snapshotter.shouldStreamEventsStartingFromSnapshot())
                .as("asked before the snapshot, whether it needs no catching up")
                .isTrue();
        assertThat(snapshotter.shouldSnapshotSchema(true, true)).isTrue();
        assertThat(snapshotter.shouldStreamEventsStartingFromSnapshot())
                .as("asked inside the snapshot, whether changes are read from where it is")
                .isFalse();
    }
}
