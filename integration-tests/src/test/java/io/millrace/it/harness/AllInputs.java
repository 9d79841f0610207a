package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.dev.readings.ReadingScript;
import io.millrace.dev.weblog.AccessLogScript;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A log and devices' readings, how they are fed to a running shop, and what must become of them: worked out here, by other means. */
public final class AllInputs {
    private static final Pattern COMBINED =
            Pattern.compile("\\S+ \\S+ \\S+ \\[[^\\]]+] \"((?:[^\"\\\\]|\\\\.)*)\" \\d{3} \\S+"
                    + " \"(?:[^\"\\\\]|\\\\.)*\" \"(?:[^\"\\\\]|\\\\.)*\"");
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final long seed;
    private final List<String> lines;
    private final List<String> readings;

    private AllInputs(long seed, List<String> lines, List<String> readings) {
        this.seed = seed;
        this.lines = lines;
        this.readings = readings;
    }

    /** Of real data. */
    public static AllInputs of(long seed, List<String> lines, List<String> readings) {
        return new AllInputs(seed, lines, readings);
    }

    /** Of the project's own generators, with bad records on purpose. */
    public static AllInputs generated(long seed, int lines, int readings) {
        AccessLogScript log = new AccessLogScript(seed);
        Instant start = Instant.parse("2026-01-31T12:00:00Z");
        List<String> made = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            made.add(log.next(start.plusSeconds(i / 5)));
        }
        ReadingScript script = new ReadingScript(seed, start);
        List<String> told = new ArrayList<>();
        for (int i = 0; i < readings; i++) {
            told.add(script.next().line());
        }
        return new AllInputs(seed, made, told);
    }

    /** The lines, in the order in which they are written. */
    public List<String> lines() {
        return lines;
    }

    /** How many lines cannot be parsed. */
    public long badLines() {
        return lines.stream().filter(line -> !isParsed(line)).count();
    }

    private static boolean isParsed(String line) {
        return COMBINED.matcher(line).matches();
    }

    private static boolean asksForHealth(String line) {
        return line.contains("\"GET /health");
    }

    /** The inputs on their way. */
    public static final class Feeding implements AutoCloseable {
        private final ExecutorService threads;
        private final List<Future<?>> tasks;

        private Feeding(ExecutorService threads, List<Future<?>> tasks) {
            this.threads = threads;
            this.tasks = tasks;
        }

        /** Waits until all of it is written, and acknowledged. */
        public void await(Duration timeout) throws Exception {
            for (Future<?> task : tasks) {
                try {
                    task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                } catch (ExecutionException e) {
                    throw new AssertionError("an input failed: " + e.getCause(), e);
                }
            }
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }

    /** Begins to write and post. The devices send their readings in order, each by itself. */
    public Feeding feed(ShopRun shop) {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> tasks = new ArrayList<>();
        tasks.add(threads.submit(() -> {
            writeLog(shop.accessLog());
            return null;
        }));
        AtomicInteger device = new AtomicInteger();
        for (List<String> own : byDevice()) {
            long ownSeed = seed + device.incrementAndGet();
            tasks.add(threads.submit(() -> {
                shop.devices().post(own, ownSeed, Duration.ofSeconds(90));
                return null;
            }));
        }
        return new Feeding(threads, tasks);
    }

    /** Four files: renamed, compressed, copied and truncated on the way, with lines that are torn over two writes. */
    private void writeLog(AccessLog log) throws IOException {
        Random random = new Random(seed);
        int quarter = lines.size() / 4;
        write(log, lines.subList(0, quarter), random);
        Path first = log.rename();
        write(log, lines.subList(quarter, 2 * quarter), random);
        log.gzip(first);
        log.copyTruncate();
        write(log, lines.subList(2 * quarter, 3 * quarter), random);
        log.rename();
        write(log, lines.subList(3 * quarter, lines.size()), random);
    }

    private static void write(AccessLog log, List<String> part, Random random) throws IOException {
        int at = 0;
        while (at < part.size()) {
            int size = Math.min(1 + random.nextInt(200), part.size() - at);
            byte[] bytes = (String.join("\n", part.subList(at, at + size)) + "\n").getBytes(StandardCharsets.UTF_8);
            int torn = random.nextInt(bytes.length);
            log.append(Arrays.copyOfRange(bytes, 0, torn));
            log.append(Arrays.copyOfRange(bytes, torn, bytes.length));
            at += size;
        }
    }

    private Collection<List<String>> byDevice() {
        Map<String, List<String>> devices = new LinkedHashMap<>();
        for (String reading : readings) {
            devices.computeIfAbsent(
                            parsed(reading)
                                    .map(json -> json.path("device_id").asText())
                                    .orElse("broken"),
                            device -> new ArrayList<>())
                    .add(reading);
        }
        return devices.values();
    }

    private static Optional<JsonNode> parsed(String reading) {
        try {
            return Optional.of(JSON.readTree(reading));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static boolean isPlausible(JsonNode reading) {
        BigDecimal celsius = reading.at("/data/temp").decimalValue();
        return celsius.compareTo(BigDecimal.valueOf(-60)) > 0 && celsius.compareTo(BigDecimal.valueOf(80)) < 0;
    }

    private static String identity(JsonNode reading) {
        return reading.required("device_id").asText() + "@" + micros(reading);
    }

    /** Its time, in microseconds. */
    private static long micros(JsonNode reading) {
        return reading.required("ts")
                .decimalValue()
                .movePointRight(6)
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    /** Waits until everything is where it must be, and holds the sums against what was really written and posted. */
    public void awaitArrived(ShopRun shop, Duration timeout) throws Exception {
        linesArrived(shop, timeout);
        readingsArrived(shop, timeout);
    }

    private void linesArrived(ShopRun shop, Duration timeout) throws Exception {
        long bad = badLines();
        long health = lines.stream()
                .filter(line -> isParsed(line) && asksForHealth(line))
                .count();
        Lake lake = shop.lake();
        Await.until(timeout, () -> {
            assertThat(lake.has("cleaned.clicks")).isTrue();
            assertThat(count(lake, "cleaned.clicks")).as("clicks in the lake").isEqualTo(lines.size() - bad - health);
        });
        assertThat(TopicCount.of(shop.broker(), "raw.shop.clicks"))
                .as("raw lines")
                .isEqualTo(lines.size());
        assertThat(TopicCount.deadLetters(shop.broker(), "shop", "cleaned.clicks", "parse"))
                .as("lines that are dead letters")
                .isEqualTo(bad);
        // equal lines are different events: each of them counts
        Map<String, Long> found = new TreeMap<>();
        for (List<String> row : lake.query("select status, count(*) from read_parquet('" + lake.glob("cleaned.clicks")
                + "', union_by_name = true) group by 1")) {
            found.put(row.get(0), Long.parseLong(row.get(1)));
        }
        assertThat(found).isEqualTo(statuses());
    }

    private Map<String, Long> statuses() {
        Pattern status = Pattern.compile("\" (\\d{3}) \\S+ \"");
        return new TreeMap<>(lines.stream()
                .filter(line -> isParsed(line) && !asksForHealth(line))
                .map(line -> {
                    Matcher matcher = status.matcher(line);
                    assertThat(matcher.find()).isTrue();
                    return matcher.group(1);
                })
                .collect(Collectors.groupingBy(text -> text, Collectors.counting())));
    }

    private void readingsArrived(ShopRun shop, Duration timeout) throws Exception {
        Map<String, JsonNode> distinct = new LinkedHashMap<>();
        for (String reading : readings) {
            parsed(reading).filter(AllInputs::isPlausible).ifPresent(json -> distinct.put(identity(json), json));
        }
        Lake lake = shop.lake();
        Await.until(timeout, () -> {
            assertThat(lake.has("cleaned.readings")).isTrue();
            assertThat(lake.query("select device_id || '@' || epoch_us(\"at\") from read_parquet('"
                            + lake.glob("cleaned.readings") + "', union_by_name = true)"))
                    .as("readings in the lake, each once")
                    .hasSize(distinct.size())
                    .map(row -> row.get(0))
                    .containsExactlyInAnyOrderElementsOf(distinct.keySet());
        });
        readingsAddUp(shop, distinct.size());
        minutesArrived(shop, distinct.values(), timeout);
    }

    /** What the raw topic holds, copies of what was sent again too, is in the cleaned layer, a dead letter, or a duplicate. */
    private static void readingsAddUp(ShopRun shop, int distinct) throws Exception {
        long broken = 0;
        long implausible = 0;
        Map<String, Long> copies = new LinkedHashMap<>();
        List<byte[]> raw = TopicCount.values(shop.broker(), "raw.shop.readings");
        for (byte[] bytes : raw) {
            Optional<JsonNode> json = parsed(new String(bytes, StandardCharsets.UTF_8));
            if (json.isEmpty()) {
                broken++;
            } else if (!isPlausible(json.get())) {
                implausible++;
            } else {
                copies.merge(identity(json.get()), 1L, Long::sum);
            }
        }
        long duplicates = copies.values().stream().mapToLong(count -> count - 1).sum();
        assertThat(copies).hasSize(distinct);
        assertThat(TopicCount.deadLetters(shop.broker(), "shop", "cleaned.readings", "parse"))
                .isEqualTo(broken);
        assertThat(TopicCount.deadLetters(shop.broker(), "shop", "cleaned.readings", "plausible"))
                .isEqualTo(implausible);
        assertThat(TopicCount.of(shop.broker(), "cleaned.shop.readings"))
                .isEqualTo(raw.size() - broken - implausible - duplicates);
    }

    private static void minutesArrived(ShopRun shop, Collection<JsonNode> distinct, Duration timeout) throws Exception {
        Map<String, List<JsonNode>> minutes = distinct.stream()
                .collect(Collectors.groupingBy(reading -> reading.required("device_id")
                                .asText() + " " + Math.floorDiv(micros(reading), 60_000_000L) * 60));
        List<List<String>> expected = new ArrayList<>();
        minutes.forEach((minute, within) -> expected.add(List.of(
                minute,
                Integer.toString(within.size()),
                within.stream()
                        .map(reading -> reading.at("/data/temp").decimalValue())
                        .max(Comparator.naturalOrder())
                        .orElseThrow()
                        .setScale(6, RoundingMode.HALF_UP)
                        .toPlainString(),
                BigDecimal.valueOf(within.stream()
                                .mapToDouble(
                                        reading -> reading.at("/data/humidity").doubleValue())
                                .average()
                                .orElseThrow())
                        .setScale(6, RoundingMode.HALF_UP)
                        .toPlainString())));
        try (Warehouse warehouse = shop.services().warehouse()) {
            Await.until(timeout, () -> {
                assertThat(warehouse.has("device_minutes")).isTrue();
                assertThat(warehouse.query(
                                "select device_id || ' ' || extract(epoch from window_start)::bigint, readings,"
                                        + " round(max_c::numeric, 6), round(avg_h::numeric, 6) from device_minutes"))
                        .as("minutes in the warehouse")
                        .containsExactlyInAnyOrderElementsOf(expected);
            });
        }
    }

    private static long count(Lake lake, String stream) throws Exception {
        return Long.parseLong(
                lake.query("select count(*) from read_parquet('" + lake.glob(stream) + "', union_by_name = true)")
                        .get(0)
                        .get(0));
    }
}
