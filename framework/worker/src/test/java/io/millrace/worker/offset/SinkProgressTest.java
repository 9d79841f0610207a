package io.millrace.worker.offset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SinkProgressTest {
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 1);

    private final SinkProgress<String> progress = new SinkProgress<>();

    private static Map<TopicPartition, OffsetAndMetadata> at(TopicPartition partition, long offset) {
        return Map.of(partition, new OffsetAndMetadata(offset));
    }

    private void consume(TopicPartition partition, long next) {
        progress.consumed(partition, next);
        progress.delivered();
    }

    @Test
    void commitsAWayBackBeforeItIsGone() {
        progress.assigned(A, 10);
        consume(A, 15);
        progress.committed(progress.plan(at(A, 15)));
        progress.hold(A, 11, "late", 1);
        assertThat(progress.planOfMoves(Map.of(A, 15L, B, 1L)).offsets()).isEmpty();
        CommitPlan<String> back = progress.planOfMoves(Map.of(A, 12L));
        assertThat(back.offsets()).isEqualTo(at(A, 12));
        assertThat(back.letters()).containsExactly("late");
        progress.committed(back);
        progress.moved(A, 12);
        consume(A, 13);
        assertThat(progress.plan(at(A, 13)).offsets()).isEqualTo(at(A, 13));
    }

    @Test
    void offersWhatTheTaskTookAndNotWhatWasOnlyRead() {
        progress.assigned(A, 10);
        consume(A, 15);
        progress.consumed(A, 18);
        assertThat(progress.deliveredOffsets(progress.partitions())).isEqualTo(at(A, 15));
    }

    @Test
    void plansDeadLettersBelowTheOffsetAndKeepsTheOthers() {
        progress.assigned(A, 0);
        consume(A, 10);
        progress.hold(A, 3, "three", 1);
        progress.hold(A, 7, "seven", 1);
        CommitPlan<String> plan = progress.plan(at(A, 5));
        assertThat(plan).isEqualTo(new CommitPlan<>(at(A, 5), List.of("three"), List.of()));
        progress.committed(plan);
        assertThat(progress.held()).isEqualTo(1);
        assertThat(progress.plan(at(A, 5)).isEmpty()).isTrue();
        assertThat(progress.plan(at(A, 8)).letters()).containsExactly("seven");
    }

    @Test
    void doesNotReachAnOffsetWhoseDeadLetterStandsAtItself() {
        progress.assigned(A, 0);
        consume(A, 10);
        progress.hold(A, 5, "five", 1);
        assertThat(progress.plan(at(A, 5)).letters()).isEmpty();
        assertThat(progress.plan(at(A, 6)).letters()).containsExactly("five");
    }

    @Test
    void writesALetterThatCameAfterItsOffsetWasCommitted() {
        progress.assigned(A, 0);
        consume(A, 10);
        progress.committed(progress.plan(at(A, 10)));
        progress.hold(A, 4, "late", 1);
        assertThat(progress.plan(Map.of())).isEqualTo(new CommitPlan<>(Map.of(), List.of("late"), List.of()));
    }

    @Test
    void ignoresOffsetsBeyondWhatWasGivenAndOfForeignPartitions() {
        progress.assigned(A, 0);
        consume(A, 10);
        CommitPlan<String> plan = progress.plan(Map.of(A, new OffsetAndMetadata(11), B, new OffsetAndMetadata(1)));
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.ignored())
                .containsExactlyInAnyOrder(
                        "Offset 11 of 'a-0', of which the task was given only 10.",
                        "Offset 1 of 'b-1', which this task has not got.");
    }

    @Test
    void forgetsLettersPastTheCommitWhenItGoesBack() {
        progress.assigned(A, 0);
        consume(A, 10);
        progress.hold(A, 2, "two", 1);
        progress.hold(A, 8, "eight", 1);
        progress.committed(progress.plan(at(A, 5)));
        assertThat(progress.rewindToCommitted()).isEqualTo(Map.of(A, 5L));
        assertThat(progress.held()).isZero();
        assertThat(progress.deliveredOffsets(progress.partitions())).isEqualTo(at(A, 5));
    }

    @Test
    void keepsLettersBehindAJumpForward() {
        progress.assigned(A, 0);
        consume(A, 10);
        progress.hold(A, 8, "eight", 1);
        progress.moved(A, 100);
        assertThat(progress.plan(at(A, 100))).isEqualTo(new CommitPlan<>(Map.of(), List.of("eight"), List.of()));
    }

    @Test
    void dropsEverythingOfAPartitionThatWent() {
        progress.assigned(A, 0);
        consume(A, 10);
        progress.hold(A, 8, "eight", 1);
        progress.removed(List.of(A));
        progress.hold(A, 9, "nine", 1);
        assertThat(progress.held()).isZero();
        assertThat(progress.partitions()).isEmpty();
    }

    /**
     * A world of one partition: every third offset is poison. Whatever the task answers, whatever commit fails and whatever crash happens,
     * what was committed is the poison below the committed offset, each once.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverCommitsPastALetterAndNeverWritesOneTwice(long seed) {
        Random random = new Random(seed);
        long committed = 0;
        List<String> written = new ArrayList<>();
        SinkProgress<String> current = new SinkProgress<>();
        current.assigned(A, committed);
        long next = committed;
        for (int round = 0; round < 2_000; round++) {
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    long end = next + random.nextInt(5);
                    for (; next < end; next++) {
                        if (next % 3 == 0) {
                            current.hold(A, next, Long.toString(next), 1);
                        }
                    }
                    current.consumed(A, next);
                    current.delivered();
                }
                case 3 -> {
                    long delivered = current.deliveredOffsets(List.of(A)).get(A).offset();
                    long answer = committed + (long) (random.nextDouble() * (delivered + 2 - committed));
                    CommitPlan<String> plan = current.plan(at(A, answer));
                    boolean succeeds = random.nextInt(3) > 0;
                    if (succeeds) {
                        written.addAll(plan.letters());
                        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(plan.offsets());
                        committed = offsets.containsKey(A) ? offsets.get(A).offset() : committed;
                        current.committed(plan);
                    }
                }
                case 4 -> next = current.rewindToCommitted().get(A);
                default -> {
                    if (random.nextInt(10) == 0) {
                        current = new SinkProgress<>();
                        current.assigned(A, committed);
                        next = committed;
                    }
                }
            }
        }
        assertThat(committed).isGreaterThan(100);
        assertThat(new TreeSet<>(written)).hasSameSizeAs(written);
        assertThat(written)
                .containsExactlyElementsOf(LongStream.range(0, committed)
                        .filter(n -> n % 3 == 0)
                        .mapToObj(Long::toString)
                        .toList());
    }
}
