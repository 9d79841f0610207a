package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code run pipelines/shop --dev} in a folder of its own, and what must be true of its lake. */
public final class ShopRun implements AutoCloseable {
    private static final Pattern BROKER = Pattern.compile("broker +(127\\.0\\.0\\.1:\\d+)");

    private static final String DEVICES_TOKEN = "a-token-of-the-tests";

    private static final List<String> STREAMS = List.of(
            "cleaned.customers",
            "cleaned.orders",
            "cleaned.order_lines",
            "enriched.order_lines",
            "curated.revenue_by_country");

    private final Path folder;
    private final Path pipeline;
    private final Services services;
    private final Lake lake;
    private final AccessLog accessLog;
    private final int devicesPort;
    private Optional<MillraceProcess> process = Optional.empty();

    private ShopRun(Path folder, Path pipeline, Services services) throws IOException, SQLException {
        this.folder = folder;
        this.pipeline = pipeline;
        this.services = services;
        this.lake = services.lake();
        this.accessLog = new AccessLog(folder.resolve("weblog"));
        this.devicesPort = Ports.free();
    }

    /** With services up and nothing of Millrace running. */
    public static ShopRun in(Path folder) throws Exception {
        return new ShopRun(folder, Distribution.shop(), Services.up(folder.resolve("data")));
    }

    /** The same of the part from the database to the lake alone. */
    public static ShopRun ofTheLake(Path folder) throws Exception {
        return new ShopRun(folder, Distribution.lakeShop(), Services.ofTheLake(folder.resolve("data")));
    }

    public Services services() {
        return services;
    }

    public Lake lake() {
        return lake;
    }

    /** The log that the run reads. */
    public AccessLog accessLog() {
        return accessLog;
    }

    /** Devices that post to the run. */
    public Devices devices() {
        return new Devices(URI.create("http://127.0.0.1:" + devicesPort + "/"), DEVICES_TOKEN);
    }

    /** A command of the distribution about the running pipeline. */
    public String cli(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("--data-dir", folder.resolve("data").toString()));
        try (MillraceProcess cli = MillraceProcess.start(folder, Map.of(), command)) {
            int status = cli.awaitExit(Duration.ofSeconds(60));
            assertThat(status).as("%s printed:\n%s", command, cli.output()).isZero();
            return cli.output();
        }
    }

    /** Starts Millrace. */
    public MillraceProcess start(String... more) throws IOException {
        return start(Optional.empty(), more);
    }

    /** Starts Millrace, to be killed at a place in its code. */
    public MillraceProcess start(Optional<KillPoint> killPoint, String... more) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LAKE_ROLL", "1s");
        environment.put("ACCESS_LOG", accessLog.glob());
        environment.put("IOT_PORT", Integer.toString(devicesPort));
        environment.put("IOT_TOKEN", DEVICES_TOKEN);
        if (killPoint.isPresent()) {
            environment.put("MILLRACE_JVM_OPTS", killPoint.get().jvmOption(folder));
        }
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                pipeline.toString(),
                "--dev",
                "--rate",
                "0",
                "--data-dir",
                folder.resolve("data").toString(),
                "--broker-port",
                "0"));
        arguments.addAll(List.of(more));
        MillraceProcess started = MillraceProcess.start(folder, environment, arguments);
        process = Optional.of(started);
        return started;
    }

    /** What was started last. */
    public MillraceProcess running() {
        return process.orElseThrow();
    }

    /** Where the running broker listens. */
    public String broker() throws Exception {
        MillraceProcess running = running();
        running.awaitOutput("broker ", Duration.ofSeconds(60));
        return Await.value(Duration.ofSeconds(10), () -> {
            Matcher matcher = BROKER.matcher(running.output());
            assertThat(matcher.find()).isTrue();
            return matcher.group(1);
        });
    }

    /** The lake's current state is the source's, row by row, and the revenue is SQL's to the cent; and nothing is in the lake twice. */
    public void awaitReconciled(Duration timeout) throws Exception {
        awaitReconciled(timeout, Map.of());
    }

    /** How far each stream is in the lake, for {@link #awaitReconciled(Duration, Map)}. */
    public Map<String, String> later() throws SQLException {
        Map<String, String> later = new LinkedHashMap<>();
        for (String stream : STREAMS) {
            later.put(stream, lake.later(stream));
        }
        return later;
    }

    /**
     * The same by a part of the lake alone.
     *
     * @param conditions stream to the condition that its rows meet
     */
    public void awaitReconciled(Duration timeout, Map<String, String> conditions) throws Exception {
        try (ShopSource source = services.source()) {
            Await.until(timeout, () -> {
                for (String stream : STREAMS) {
                    assertThat(lake.has(stream)).as("%s is in the lake", stream).isTrue();
                }
                assertSame(source, conditions);
            });
            assertThat(lake.duplicates()).isEmpty();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nThe run printed:\n" + tail(), e);
        }
    }

    private void assertSame(ShopSource source, Map<String, String> conditions) throws SQLException {
        assertSame(conditions, "cleaned.customers", "customer_id, company, country, phone", source.customers());
        assertSame(conditions, "cleaned.orders", "order_id, customer_id, ordered_on, ship_country", source.orders());
        assertSame(
                conditions,
                "cleaned.order_lines",
                "order_id, product_id, unit_price, quantity, discount",
                source.orderLines());
        assertSame(
                conditions,
                "enriched.order_lines",
                "order_id, product_id, quantity, country, ordered_on, revenue",
                source.enrichedLines());
        assertSame(
                conditions,
                "curated.revenue_by_country",
                "country, lines, round(revenue, 2)",
                source.revenueByCountry());
    }

    private void assertSame(Map<String, String> conditions, String stream, String columns, List<List<String>> expected)
            throws SQLException {
        assertThat(lake.current(stream, columns, conditions.getOrDefault(stream, "true")))
                .as(stream)
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    private String tail() {
        String output = process.map(MillraceProcess::output).orElse("");
        return output.substring(Math.max(0, output.length() - 4000));
    }

    @Override
    public void close() throws Exception {
        process.ifPresent(MillraceProcess::close);
        lake.close();
        services.close();
    }
}
