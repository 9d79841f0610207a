package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dev.shop.ShopSchema;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.ShopRun;
import io.millrace.it.harness.ShopSource;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the shop costs: CPU seconds per million order lines, through CDC, the layers and into each sink, in one process with the broker. The
 * lines come as Debezium's snapshot of a filled database. {@code -Dmillrace.bench.lines=} says how many.
 */
class ShopBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(ShopBenchmark.class);
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final int LINES = Integer.getInteger("millrace.bench.lines", 300_000);
    private static final int LINES_PER_ORDER = 60;
    private static final int FIRST_ORDER = 1;
    private static final List<String> GROUPS =
            List.of("millrace.shop", "connect-shop.lake", "connect-shop.warehouse", "connect-shop.search");
    private static final Set<String> OUTPUTS = Set.of(
            "raw.shop.order_details",
            "cleaned.shop.order_lines",
            "enriched.shop.order_lines",
            "curated.shop.revenue_by_country",
            "enriched.shop.orders");

    @TempDir
    Path folder;

    @Test
    void cpuSecondsPerMillionOrderLines() throws Exception {
        try (ShopRun shop = ShopRun.in(folder)) {
            int lines = fill(shop);
            MillraceProcess run = shop.start();
            run.awaitOutput("Running", LONG);
            long begun = System.nanoTime();
            try (Drained drained = new Drained(shop.broker())) {
                drained.awaitAtLeast("enriched.shop.order_lines", lines, LONG);
                LOG.info(
                        "the lines are in the layers after {} s; committed: {}",
                        since(begun).toSeconds(),
                        drained.progress(GROUPS));
                drained.await(GROUPS, LONG);
                Duration took = since(begun);
                Map<String, BigDecimal> cpu = new TreeMap<>(ThreadCpu.of(run.pid()));
                report(lines, took, cpu, drained.ends(OUTPUTS), ProcessFigures.peakResidentBytes(run.pid()));
            }
            run.stop();
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static int fill(ShopRun shop) throws Exception {
        int orders = LINES / LINES_PER_ORDER;
        try (ShopSource source = shop.services().source()) {
            ShopSchema.create(source.connection(), 1);
            source.execute("insert into orders (order_id, customer_id, order_date) select o, (select customer_id from"
                    + " customers order by customer_id offset o % 20 limit 1), date '1996-07-04' + o % 700 from"
                    + " generate_series("
                    + FIRST_ORDER + ", " + orders + ") o on conflict do nothing");
            source.execute("insert into order_details (order_id, product_id, unit_price, quantity, discount)"
                    + " select o, p, 1 + (o + p) % 90 + 0.25, 1 + (o * p) % 40, 0.05 * (p % 4) from generate_series("
                    + FIRST_ORDER + ", " + orders + ") o, generate_series(1, " + LINES_PER_ORDER
                    + ") p on conflict do nothing");
            return Integer.parseInt(
                    source.query("select count(*) from order_details").get(0).get(0));
        }
    }

    private static void report(int lines, Duration took, Map<String, BigDecimal> cpu, long written, long peak)
            throws Exception {
        BigDecimal millions = BigDecimal.valueOf(lines).movePointLeft(6);
        StringBuilder table = new StringBuilder("| part | CPU seconds | per million order lines |\n|---|---|---|\n");
        BigDecimal total = BigDecimal.ZERO;
        for (Map.Entry<String, BigDecimal> part : cpu.entrySet()) {
            total = total.add(part.getValue());
            row(table, part.getKey(), part.getValue(), millions);
        }
        row(table, "all", total, millions);
        String report = lines + " order lines, " + written + " positions written to the topics looked at, "
                + took.toSeconds()
                + " s from 'Running' until all groups had committed all, start included in the CPU seconds; at most "
                + (peak >> 20) + " MiB resident\n\n" + table;
        Path file = Files.createDirectories(Path.of("target/benchmarks")).resolve("shop.md");
        Files.writeString(file, report);
        LOG.info("written to {}:\n{}", file.toAbsolutePath(), report);
        assertThat(total).isPositive();
    }

    private static void row(StringBuilder table, String part, BigDecimal seconds, BigDecimal millions) {
        table.append(String.format(
                "| %s | %s | %s |%n",
                part, seconds.setScale(1, RoundingMode.HALF_UP), seconds.divide(millions, 1, RoundingMode.HALF_UP)));
    }
}
