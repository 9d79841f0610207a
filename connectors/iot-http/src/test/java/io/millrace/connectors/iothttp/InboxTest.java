package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final Duration SOON = Duration.ofMillis(1);
    private final Inbox inbox = new Inbox(5);

    private static Submission of(int records) {
        return new Submission(
                Collections.nCopies(records, new Submission.Item(null, new byte[1])),
                new Submission.Facts("/", Optional.empty(), "127.0.0.1", "now", Optional.empty()),
                () -> {});
    }

    @Test
    void aBatchHoldsWholeSubmissions() throws Exception {
        Submission first = of(2);
        Submission second = of(2);
        inbox.put(first);
        inbox.put(second);

        assertThat(inbox.take(3, SOON)).containsExactly(first);
        assertThat(inbox.take(3, SOON)).containsExactly(second);
        assertThat(inbox.take(3, SOON)).isEmpty();
    }

    @Test
    void aSubmissionLargerThanABatchIsABatch() throws Exception {
        Submission large = of(4);
        inbox.put(large);

        assertThat(inbox.take(3, SOON)).containsExactly(large);
    }

    @Test
    void isFullAboveItsRecordsButTakesALargeSubmissionWhenEmpty() {
        assertThat(inbox.put(of(6))).isEqualTo(Inbox.Put.QUEUED);
        assertThat(inbox.put(of(1))).isEqualTo(Inbox.Put.FULL);
        assertThat(inbox.records()).isEqualTo(6);
    }

    @Test
    void whatIsGivenUpIsNeverTakenAndMakesRoom() throws Exception {
        Submission waiting = of(5);
        inbox.put(waiting);

        assertThat(inbox.giveUp(waiting)).isTrue();
        assertThat(inbox.records()).isZero();
        assertThat(inbox.take(3, SOON)).isEmpty();
        assertThat(inbox.put(of(5))).isEqualTo(Inbox.Put.QUEUED);
    }

    @Test
    void whatIsTakenCannotBeGivenUp() throws Exception {
        Submission taken = of(1);
        inbox.put(taken);
        inbox.take(3, SOON);

        assertThat(inbox.giveUp(taken)).isFalse();
    }

    @Test
    void nothingIsPutOrTakenWhenClosed() throws Exception {
        inbox.put(of(1));
        inbox.close();

        assertThat(inbox.put(of(1))).isEqualTo(Inbox.Put.CLOSED);
        assertThat(inbox.take(3, Duration.ofSeconds(20))).isEmpty();
    }

    @Test
    void aSubmissionIsCommittedWithItsLastRecord() {
        List<String> done = new ArrayList<>();
        Submission submission = new Submission(
                List.of(new Submission.Item(null, new byte[1]), new Submission.Item(null, new byte[1])),
                new Submission.Facts("/", Optional.empty(), "127.0.0.1", "now", Optional.empty()),
                () -> done.add("committed"));
        List<SourceRecord> records = new ArrayList<>();
        submission.addTo(records, "raw.shop.readings");
        IotHttpSourceTask task = new IotHttpSourceTask();

        task.commitRecord(records.get(1), null);
        assertThat(done).isEmpty();
        task.commitRecord(records.get(0), null);
        assertThat(done).containsExactly("committed");
    }
}
