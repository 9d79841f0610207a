package io.millrace.layers.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class TotalsTest {
    private static final Bytes GROUP = Bytes.wrap(new byte[] {1});

    @Test
    void addingAndTakingAwayInAnyOrderLeavesWhatIsThereInEveryDigit() {
        Random random = new Random(3);
        List<Contribution> present = new ArrayList<>();
        Totals totals = null;
        for (int i = 0; i < 2_000; i++) {
            if (present.isEmpty() || random.nextInt(5) > 1) {
                Contribution added = contribution(random);
                present.add(added);
                totals = Totals.plus(totals, added);
            } else {
                totals = Totals.minus(totals, present.remove(random.nextInt(present.size())));
            }
        }

        Totals anew = null;
        for (Contribution contribution : present) {
            anew = Totals.plus(anew, contribution);
        }
        assertThat(totals).isEqualTo(anew);
    }

    @Test
    void theLastRowTakenAwayLeavesNothing() {
        Contribution one = contribution(new Random(1));

        assertThat(Totals.minus(Totals.plus(null, one), one)).isNull();
    }

    @Test
    void bytesRoundTrip() {
        Random random = new Random(5);
        Serde<Contribution> contributions = AggregateSerdes.contribution();
        Serde<Totals> sums = AggregateSerdes.totals();
        Totals totals = null;
        for (int i = 0; i < 100; i++) {
            Contribution contribution = contribution(random);
            totals = Totals.plus(totals, contribution);
            assertThat(contributions
                            .deserializer()
                            .deserialize("t", contributions.serializer().serialize("t", contribution)))
                    .isEqualTo(contribution);
            assertThat(sums.deserializer().deserialize("t", sums.serializer().serialize("t", totals)))
                    .isEqualTo(totals);
        }
        assertThat(sums.serializer().serialize("t", null)).isNull();
    }

    private static Contribution contribution(Random random) {
        return new Contribution(
                GROUP,
                new byte[] {2},
                Arrays.asList(
                        new Contribution.Argument(
                                Contribution.Form.DECIMAL, BigDecimal.valueOf(random.nextLong(), random.nextInt(6))),
                        random.nextBoolean()
                                ? null
                                : new Contribution.Argument(
                                        Contribution.Form.DOUBLE, new BigDecimal(random.nextGaussian() * 1e300)),
                        new Contribution.Argument(Contribution.Form.INTEGER, BigDecimal.valueOf(random.nextInt(10)))));
    }
}
