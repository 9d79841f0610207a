package io.millrace.it.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What a run of {@link BrokerBenchmark} is asked for, by {@code -Dmillrace.bench.<name>=}.
 *
 * @param rounds each with all contestants, one after the other
 * @param figures their letters, see {@link Figure}
 * @param contestants who takes part
 * @param jvm the flags of all brokers
 * @param records of 100 bytes for each cell of the grid; of those of 1 KiB it is a quarter
 * @param passes how often a consumer reads them
 * @param partitions how many "many" are
 * @param paced how long a thousand records per second are sent
 * @param idle before memory is read
 */
record BenchSettings(
        int rounds,
        List<String> figures,
        List<Contestant> contestants,
        List<String> jvm,
        int records,
        int passes,
        int partitions,
        Duration paced,
        Duration idle) {
    /** A heap that is enough for stock Kafka with 1,000 partitions, and compilers and collector as the launcher's for a broker. */
    private static final String JVM =
            "-Xms64m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError";

    static BenchSettings fromProperties() {
        return new BenchSettings(
                number("rounds", 5),
                list("figures", "a,b,c,d,e,f", ","),
                list("contestants", "light,stock,tuned", ",").stream()
                        .map(Contestant::named)
                        .toList(),
                list("jvm", JVM, " "),
                number("records", 800_000),
                number("passes", 4),
                number("partitions", 1_000),
                Duration.ofSeconds(number("seconds", 15)),
                Duration.ofSeconds(number("idle", 10)));
    }

    boolean wants(Figure... any) {
        return Arrays.stream(any).anyMatch(figure -> figures.contains(figure.letter()));
    }

    private static int number(String name, int fallback) {
        return Integer.getInteger("millrace.bench." + name, fallback);
    }

    private static List<String> list(String name, String fallback, String separator) {
        return List.of(
                System.getProperty("millrace.bench." + name, fallback).trim().split(separator));
    }
}
