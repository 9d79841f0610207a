package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.bench.Readings.Reading;
import io.millrace.it.bench.Readings.Row;
import io.millrace.it.bench.Readings.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadingsTest {
    private final Readings readings = new Readings();

    @Test
    void medianOfAnOddNumberIsTheMiddleAndOfAnEvenNumberTheMeanOfBothMiddles() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0))).isEqualTo(new Spread(4, 1, 9));
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0, 6.0))).isEqualTo(new Spread(5, 1, 9));
        assertThat(Spread.of(List.of(7.0))).isEqualTo(new Spread(7, 7, 7));
    }

    @Test
    void rowsComeByFigureAndWithinOneAsTheyWereRead() {
        add(1, Contestant.LIGHT, Figure.CONSUME_CPU, "z", 1);
        add(1, Contestant.LIGHT, Figure.CONSUME_CPU, "a", 1);
        add(1, Contestant.LIGHT, Figure.FIRST_CPU, "", 1);
        add(2, Contestant.TUNED, Figure.CONSUME_CPU, "a", 1);
        assertThat(readings.rows())
                .containsExactly(
                        new Row(Figure.FIRST_CPU, ""),
                        new Row(Figure.CONSUME_CPU, "z"),
                        new Row(Figure.CONSUME_CPU, "a"));
    }

    @Test
    void spreadIsOfOneContestantAndOneDetailAlone() {
        add(1, Contestant.LIGHT, Figure.PRODUCE_CPU, "a", 1);
        add(2, Contestant.LIGHT, Figure.PRODUCE_CPU, "a", 3);
        add(1, Contestant.LIGHT, Figure.PRODUCE_CPU, "b", 100);
        add(1, Contestant.STOCK, Figure.PRODUCE_CPU, "a", 200);
        Row row = new Row(Figure.PRODUCE_CPU, "a");
        assertThat(readings.spread(row, Contestant.LIGHT)).contains(new Spread(2, 1, 3));
        assertThat(readings.spread(row, Contestant.TUNED)).isEmpty();
    }

    @Test
    void tableTellsRatiosOfMediansAndWhetherTheBoundHoldsAgainstTunedKafka() {
        add(1, Contestant.LIGHT, Figure.FIRST_CPU, "", 1.5);
        add(1, Contestant.STOCK, Figure.FIRST_CPU, "", 6);
        add(1, Contestant.TUNED, Figure.FIRST_CPU, "", 2);
        add(1, Contestant.LIGHT, Figure.LATENCY_P50, "", 0.5);
        add(1, Contestant.TUNED, Figure.LATENCY_P50, "", 0.5);
        add(1, Contestant.LIGHT, Figure.PRODUCE_CPU, "6 partitions", 1);
        assertThat(new BrokerReport(readings).table().lines().skip(2))
                .containsExactly(
                        "| a | CPU from exec to a produced, consumed and committed record | s | 1.50 (1.50 to 1.50)"
                                + " | 6.00 (6.00 to 6.00) | 2.00 (2.00 to 2.00) | 0.25 | 0.75 | 0.70 | **does not hold** |",
                        "| d | produce: broker CPU per million records: 6 partitions | s | 1.00 (1.00 to 1.00) | - | -"
                                + " | - | - | 0.70 | - |",
                        "| f | end-to-end latency, p50 | ms | 0.500 (0.500 to 0.500) | - | 0.500 (0.500 to 0.500)"
                                + " | - | 1.00 | 1.00 | holds |");
    }

    @Test
    void csvHasEachReading() {
        add(2, Contestant.TUNED, Figure.PRODUCE_CPU, "6 partitions, 1 KiB, lz4", 1.23456);
        assertThat(readings.csv())
                .isEqualTo(
                        "round,contestant,figure,what,detail,unit,value\n"
                                + "2,tuned,d,\"produce: broker CPU per million records\",\"6 partitions, 1 KiB, lz4\",s,1.2346\n");
    }

    private void add(int round, Contestant contestant, Figure figure, String detail, double value) {
        readings.add(new Reading(round, contestant, figure, detail, value));
    }
}
