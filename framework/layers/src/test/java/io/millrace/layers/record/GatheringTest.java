package io.millrace.layers.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.expression.AggregateExpression.Function;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Contribution.Argument;
import io.millrace.layers.record.Contribution.Form;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class GatheringTest {
    private static final List<Function> ALL = List.of(Function.values());
    private static final Bytes GROUP = Bytes.wrap(new byte[] {1});
    private final Gathering gathering = new Gathering(ALL);

    private record Event(Argument value, Moment moment) {}

    @Test
    void whatAGroupHasDependsOnItsEventsAndNotOnTheirOrderOrOnWhatWasMerged() {
        Random random = new Random(11);
        for (int round = 0; round < 50; round++) {
            List<Event> events = events(random, 1 + random.nextInt(60));
            Totals once = gather(events);
            Collections.shuffle(events, random);
            int cut = random.nextInt(events.size() + 1);
            Totals first = gather(events.subList(0, cut));
            Totals second = gather(events.subList(cut, events.size()));

            Totals merged = first == null ? second : second == null ? first : gathering.merge(first, second);
            assertThat(merged).isEqualTo(once);
            assertMatchesModel(once, events);
        }
    }

    private static void assertMatchesModel(Totals totals, List<Event> events) {
        List<Event> valued =
                events.stream().filter(event -> event.value() != null).toList();
        assertThat(totals.rows()).isEqualTo(events.size());
        for (Totals.Sum sum : totals.sums()) {
            assertThat(sum.count()).isEqualTo(valued.size());
        }
        List<BigDecimal> numbers =
                valued.stream().map(event -> event.value().value()).toList();
        BigDecimal total = numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(of(totals, Function.SUM).value()).isEqualByComparingTo(total);
        assertThat(of(totals, Function.AVG).value()).isEqualByComparingTo(total);
        assertThat(of(totals, Function.COUNT_DISTINCT).value())
                .isEqualByComparingTo(BigDecimal.valueOf(numbers.stream()
                        .map(BigDecimal::stripTrailingZeros)
                        .distinct()
                        .count()));
        if (!valued.isEmpty()) {
            assertThat(picked(totals, Function.MIN)).isEqualByComparingTo(Collections.min(numbers));
            assertThat(picked(totals, Function.MAX)).isEqualByComparingTo(Collections.max(numbers));
            Comparator<Event> inTime = Comparator.comparing(Event::moment);
            assertThat(picked(totals, Function.FIRST))
                    .isEqualByComparingTo(
                            Collections.min(valued, inTime).value().value());
            assertThat(picked(totals, Function.LAST))
                    .isEqualByComparingTo(
                            Collections.max(valued, inTime).value().value());
        }
    }

    @Test
    void bytesRoundTrip() {
        Random random = new Random(5);
        Serde<Totals> serde = AggregateSerdes.totals();
        Totals totals = gather(events(random, 100));
        totals = gathering.plus(totals, contribution(Argument.text("\u00e4\ud83d\ude00")), new Moment(1, "t-0", 2));

        assertThat(serde.deserializer().deserialize("t", serde.serializer().serialize("t", totals)))
                .isEqualTo(totals);
    }

    @Test
    void tooManyDifferentValuesAreRefusedAndLeaveTheGroupAsItWas() {
        Gathering distinct = new Gathering(List.of(Function.COUNT_DISTINCT));
        List<Totals.Pick> picks = new ArrayList<>();
        for (int i = 0; i < Gathering.MOST_VALUES; i++) {
            picks.add(new Totals.Pick(new Argument(Form.INTEGER, BigDecimal.valueOf(i)), Moment.NONE));
        }
        Totals full = new Totals(
                new byte[0],
                picks.size(),
                List.of(new Totals.Sum(
                        picks.size(), BigDecimal.valueOf(picks.size()), Totals.Sum.EMPTY.scales(), picks)));

        Contribution known =
                new Contribution(GROUP, new byte[0], List.of(new Argument(Form.INTEGER, BigDecimal.valueOf(7))));
        assertThat(distinct.plus(full, known, Moment.NONE).rows()).isEqualTo(10_001);
        Contribution other =
                new Contribution(GROUP, new byte[0], List.of(new Argument(Form.INTEGER, BigDecimal.valueOf(-7))));
        assertThatThrownBy(() -> distinct.plus(full, other, Moment.NONE))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("count_distinct of the group would keep more than 10000 different values");
    }

    private static Totals.Sum of(Totals totals, Function function) {
        return totals.sums().get(ALL.indexOf(function));
    }

    private static BigDecimal picked(Totals totals, Function function) {
        return of(totals, function).picks().get(0).value().value();
    }

    private Totals gather(List<Event> events) {
        Totals totals = null;
        for (Event event : events) {
            totals = gathering.plus(totals, contribution(event.value()), event.moment());
        }
        return totals;
    }

    private static List<Event> events(Random random, int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Argument value = random.nextInt(5) == 0
                    ? null
                    : new Argument(Form.DECIMAL, BigDecimal.valueOf(random.nextInt(40) - 20, 1));
            events.add(new Event(value, new Moment(random.nextInt(20), "t-" + random.nextInt(3), i)));
        }
        return events;
    }

    private static Contribution contribution(Argument value) {
        Argument[] arguments = new Argument[ALL.size()];
        Arrays.fill(arguments, value);
        return new Contribution(GROUP, new byte[] {2}, Arrays.asList(arguments));
    }
}
