package io.millrace.app.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.plugin.record.DeadLetter;
import io.millrace.plugin.record.ReplayRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ReplayPlanTest {
    private static final ReplayPlan.Rules RULES = new ReplayPlan.Rules(3, false);
    private static final ConsumerRecord<byte[], byte[]> INPUT =
            read("raw.shop.clicks", 2, 41, bytes("k"), new RecordHeaders());
    private static final ReplayRecord.Place PLACE =
            ReplayRecord.place("raw.shop.clicks-2@41").orElseThrow();

    private final Letter between = letter(0, "raw.shop.clicks-2@41");
    private final ReplayHistory history = new ReplayHistory();

    @Test
    void aRowBetweenStepsEntersByTheRecordThatItWasMadeOf() {
        ReplayPlan plan = ReplayPlan.of(List.of(between), history, Map.of(PLACE, INPUT), Set.of(), RULES);

        assertThat(plan.ready()).containsExactly(new ReplayPlan.Ready(between, 1, Optional.of(INPUT)));
        assertThat(plan.refused()).isEmpty();
    }

    @Test
    void whatIsGoneFromItsTopicOrWasMadeOfSeveralIsToldByCount() {
        ReplayPlan plan =
                ReplayPlan.of(List.of(between, letter(1, null), letter(2, null)), history, Map.of(), Set.of(), RULES);

        assertThat(plan.ready()).isEmpty();
        assertThat(plan.refused())
                .isEqualTo(Map.of(ReplayPlan.Refusal.INPUT_GONE, 1, ReplayPlan.Refusal.BETWEEN_STEPS, 2));
    }

    @Test
    void howOftenItWasTriedIsKnownByTheRecordThatItWasMadeOfWhateverItsKey() {
        for (int tries = 1; tries <= 2; tries++) {
            ProducerRecord<byte[], byte[]> replay = ReplayRecord.ofInput(
                    letter(10 + tries, "raw.shop.clicks-2@41").read(), INPUT, "replay.shop", 3, tries);
            history.add(read("replay.shop", 2, tries, replay.key(), replay.headers()));
        }

        ReplayPlan plan = ReplayPlan.of(List.of(between), history, Map.of(PLACE, INPUT), Set.of(), RULES);

        assertThat(plan.refused()).isEqualTo(Map.of(ReplayPlan.Refusal.TRIED_TOO_OFTEN, 1));
    }

    private static Letter letter(long offset, String input) {
        RecordHeaders came = new RecordHeaders();
        came.add("millrace.origin", bytes("raw.shop.clicks-2@41"));
        if (input != null) {
            came.add("millrace.input", bytes(input));
        }
        Headers headers = DeadLetter.of("shop", "cleaned.clicks.contract")
                .originalHeaders(came)
                .build()
                .headers();
        return new Letter(read("deadletter.shop", 0, offset, bytes("row key"), headers));
    }

    private static ConsumerRecord<byte[], byte[]> read(
            String topic, int partition, long offset, byte[] key, Headers headers) {
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                1,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                bytes("value"),
                headers,
                Optional.empty());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
