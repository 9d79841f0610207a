package io.millrace.worker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hunt in a small world: a topic, a target that refuses, and a task that starts again where it committed. */
class PoisonHuntTest {
    private static final TopicPartition TOPIC = new TopicPartition("in", 0);
    private static final RecordFailure REFUSED =
            new RecordFailure(ConnectStage.TASK_PUT, "Task", "task_put", new ConnectException("refused"), 1);

    /** One partition and a target. What a life wrote and did not commit is written again, as a real sink would replace it. */
    private static final class World {
        private final PoisonHunt hunt = new PoisonHunt();
        private final Set<Long> poison = new TreeSet<>();
        private final Set<Long> written = new TreeSet<>();
        private final List<Long> letters = new ArrayList<>();
        private final Random random;
        private long committed;
        private boolean down;
        private int lives;

        private World(long seed) {
            random = new Random(seed);
        }

        /** One life: false when put failed. */
        private boolean live(long end) {
            lives++;
            long next = committed;
            while (next < end) {
                if (hunt.verdict(place(next)).isPresent()) {
                    letters.add(next);
                    hunt.passedOver(List.of(place(next)));
                    next++;
                    committed = next;
                    hunt.committed(TOPIC, committed);
                    continue;
                }
                List<PoisonHunt.Place> given = piece(next, end);
                boolean fails = down || given.stream().anyMatch(place -> poison.contains(place.offset()));
                if (fails) {
                    hunt.failed(given, REFUSED);
                    return false;
                }
                given.forEach(place -> written.add(place.offset()));
                next = given.get(given.size() - 1).offset() + 1;
                // A sink may let only some of it be committed.
                if (random.nextInt(3) > 0) {
                    committed = next;
                    hunt.committed(TOPIC, committed);
                }
                if (hunt.isOn()) {
                    hunt.passed(given);
                }
            }
            committed = end;
            return true;
        }

        private List<PoisonHunt.Place> piece(long from, long end) {
            List<PoisonHunt.Place> given = new ArrayList<>();
            boolean suspect = hunt.isSuspect(place(from));
            for (long at = from; at < end; at++) {
                boolean fits = !hunt.isOn()
                        || hunt.isSuspect(place(at)) == suspect && (!suspect || given.size() < hunt.piece());
                if (!given.isEmpty() && (!fits || hunt.verdict(place(at)).isPresent())) {
                    break;
                }
                given.add(place(at));
            }
            return given;
        }
    }

    private static PoisonHunt.Place place(long offset) {
        return new PoisonHunt.Place(TOPIC, offset);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyRecordIsWrittenOrIsOneOfTheDeadLetters(long seed) {
        World world = new World(seed);
        long end = 50 + world.random.nextInt(1_500);
        for (int i = world.random.nextInt(6); i >= 0; i--) {
            world.poison.add((long) world.random.nextInt((int) end));
        }

        while (!world.live(end)) {
            assertThat(world.lives).as("lives").isLessThan(120);
        }

        assertThat(world.letters).containsExactlyElementsOf(world.poison);
        assertThat(world.written)
                .containsExactlyElementsOf(LongStream.range(0, end)
                        .filter(offset -> !world.poison.contains(offset))
                        .boxed()
                        .toList());
        assertThat(world.hunt.isOn()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aTargetThatRefusesEverythingCostsThreeDeadLettersAtMostAndLosesNothing(long seed) {
        World world = new World(seed);
        world.down = true;
        for (int life = 0; life < 200; life++) {
            assertThat(world.live(400)).isFalse();
        }
        assertThat(world.letters).containsExactly(0L, 1L, 2L);
        assertThat(world.hunt.told()).isNotEmpty();

        world.down = false;
        assertThat(world.live(400)).isTrue();
        assertThat(world.written).hasSize(397);
        assertThat(world.hunt.told()).isEmpty();
    }

    @Test
    void aTargetThatIsBackBeforeTheThirdLifeAloneCostsNothing() {
        World world = new World(1);
        world.down = true;
        world.live(64);
        world.live(64);
        world.live(64);
        world.live(64);
        world.down = false;

        assertThat(world.live(64)).isTrue();
        assertThat(world.letters).isEmpty();
    }

    @Test
    void aRecordAloneInItsTopicIsCondemnedInItsThirdLife() {
        PoisonHunt hunt = new PoisonHunt();
        assertThat(hunt.failed(List.of(place(7)), REFUSED)).isEqualTo(PoisonHunt.Verdict.UNKNOWN);
        assertThat(hunt.failed(List.of(place(7)), REFUSED)).isEqualTo(PoisonHunt.Verdict.UNKNOWN);
        assertThat(hunt.verdict(place(7))).isEmpty();
        assertThat(hunt.failed(List.of(place(7)), REFUSED)).isEqualTo(PoisonHunt.Verdict.CONDEMNED);
        assertThat(hunt.verdict(place(7))).contains(REFUSED);
    }

    @Test
    void whatPassedProvesOnce() {
        PoisonHunt hunt = new PoisonHunt();
        hunt.failed(List.of(place(0), place(1), place(2)), REFUSED);
        hunt.passed(List.of(place(0)));
        assertThat(hunt.failed(List.of(place(1)), REFUSED)).isEqualTo(PoisonHunt.Verdict.NARROWER);
        assertThat(hunt.failed(List.of(place(1)), REFUSED)).isEqualTo(PoisonHunt.Verdict.NARROWER);
        assertThat(hunt.failed(List.of(place(1)), REFUSED)).isEqualTo(PoisonHunt.Verdict.CONDEMNED);
        hunt.passedOver(List.of(place(1)));
        assertThat(hunt.failed(List.of(place(2)), REFUSED)).isEqualTo(PoisonHunt.Verdict.UNKNOWN);
    }

    @Test
    void forgetsWhatAnotherTaskHasNow() {
        PoisonHunt hunt = new PoisonHunt();
        hunt.failed(List.of(place(0), place(1)), REFUSED);
        hunt.gone(List.of(TOPIC));
        assertThat(hunt.isOn()).isFalse();
    }
}
