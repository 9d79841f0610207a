package io.millrace.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Brokers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same requests leave the same files after a clean stop. Bytes are compared, except for what holds a time of the broker's own clock (see
 * {@link DataFiles}) and the records of the two coordinators, which are compared as what they say.
 */
class BytesDifferentialTest {
    private static final Map<String, String> PROPERTIES = Map.of(
            "log.retention.ms", "-1",
            // Kafka's broker is not to be fenced by its controller on a busy machine: that would be a leader epoch more
            "broker.session.timeout.ms", "18000",
            "log.cleaner.backoff.ms", "100",
            "log.message.timestamp.before.max.ms", "9223372036854775807");

    @TempDir
    Path home;

    @Test
    void theSameRequestsLeaveTheSameFiles() throws Exception {
        play(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 3, 4, 5, 6})
    @EnabledIfSystemProperty(named = "millrace.broker.differential", matches = "all")
    void otherRequestsDoToo(long seed) throws Exception {
        play(seed);
    }

    private void play(long seed) throws Exception {
        Map<String, List<String>> kafkas = played("kafka", seed);
        Map<String, List<String>> ours = played("light", seed);

        assertThat(ours.keySet()).containsExactlyElementsOf(kafkas.keySet());
        List<String> differences = new ArrayList<>();
        kafkas.forEach((file, lines) -> differences.addAll(differences(file, lines, ours.get(file))));
        assertThat(differences).isEmpty();
        // whatever else changes here, the test looks at all kinds of files and at what is in them
        assertThat(kafkas.entrySet())
                .anyMatch(file -> file.getKey().endsWith(".txnindex")
                        && !file.getValue().get(0).isEmpty());
        assertThat(kafkas.get(SeededLoad.TRANSACTIONAL + "-0/producers at the end"))
                .isNotEmpty();
        assertThat(kafkas.get("__consumer_offsets")).hasSizeGreaterThan(10);
        assertThat(kafkas.get("__transaction_state")).hasSizeGreaterThan(10);
    }

    private Map<String, List<String>> played(String engine, long seed) throws Exception {
        Path folder = home.resolve(engine);
        try (Brokers.Running broker = Brokers.start(folder, engine, PROPERTIES)) {
            new SeededLoad(broker.bootstrapServers(), folder, seed).play();
        }
        return new TreeMap<>(DataFiles.in(folder));
    }

    private static List<String> differences(String file, List<String> kafkas, List<String> ours) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < Math.max(kafkas.size(), ours.size()); i++) {
            String expected = i < kafkas.size() ? kafkas.get(i) : "nothing";
            String actual = i < ours.size() ? ours.get(i) : "nothing";
            if (!expected.equals(actual)) {
                differences.add("\n" + file + " " + i + "\nkafka: " + expected + "\nlight: " + actual);
            }
        }
        return differences;
    }
}
