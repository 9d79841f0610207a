package io.millrace.app.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTextTest {

    @Test
    void showsConnectorsStreamsAndWhereSinksLanded() {
        assertThat(String.join("\n", SummaryText.lines(summary(Duration.ofSeconds(3725), 20))))
                .isEqualTo("""
                shop  up 01:02:05  broker 127.0.0.1:9092

                                                             in        out     out/s   dropped     dead
                  shop.shopdb (postgres-cdc)                            20       1.5                  2  RESTARTING
                      no PostgreSQL answers
                  cleaned.orders                             20         18       0.5         1        1

                  shop.lake -> /lake
                    look""");
    }

    @Test
    void showsWhatWasSkippedUnderItsName() {
        Summary plain = summary(Duration.ofSeconds(1), 20);
        Summary summary = new Summary(
                plain.pipeline(),
                plain.broker(),
                plain.up(),
                plain.connectors(),
                plain.streams(),
                plain.landings(),
                List.of(),
                List.of(
                        new Summary.SkipRow("shop.lake", "skipped.task_put", 1),
                        new Summary.SkipRow("cleaned.orders", "skipped.positive", 12)));

        assertThat(SummaryText.lines(summary))
                .containsSequence(
                        "",
                        "  dropped because they could not pass (on_error: then: skip)",
                        "         1  shop.lake  skipped.task_put",
                        "        12  cleaned.orders  skipped.positive",
                        "");
    }

    @Test
    void onATerminalItIsDrawnInPlace() {
        StringWriter out = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out), true);

        terminal.show(summary(Duration.ofSeconds(1), 20));
        int once = out.toString().length();
        terminal.show(summary(Duration.ofSeconds(2), 20));

        assertThat(out.toString().substring(once)).startsWith("\u001b[9F");
    }

    @Test
    void elsewhereItIsPrintedAgainOnlyWhenSomethingMovedAndSomeTimeHasPassed() {
        StringWriter out = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out), false);

        terminal.show(summary(Duration.ofSeconds(1), 20));
        terminal.show(summary(Duration.ofSeconds(2), 30));
        terminal.show(summary(Duration.ofSeconds(30), 20));
        terminal.show(summary(Duration.ofSeconds(31), 40));

        assertThat(out.toString().lines().filter(line -> line.startsWith("shop  up")))
                .containsExactly(
                        "shop  up 00:00:01  broker 127.0.0.1:9092", "shop  up 00:00:31  broker 127.0.0.1:9092");
    }

    private static Summary summary(Duration up, long records) {
        return new Summary(
                "shop",
                "127.0.0.1:9092",
                up,
                List.of(new Summary.ConnectorRow(
                        "shop.shopdb", "postgres-cdc", "RESTARTING", records, 1.5, 2, "no PostgreSQL answers")),
                List.of(new Summary.StreamRow("cleaned.orders", 20, 18, 0.5, 1, 1)),
                List.of(new Summary.Landing("shop.lake", "/lake", "look")),
                List.of(),
                List.of());
    }
}
