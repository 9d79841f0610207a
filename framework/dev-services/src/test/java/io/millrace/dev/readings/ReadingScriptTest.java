package io.millrace.dev.readings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadingScriptTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static List<Reading> readings(long seed, int count) {
        ReadingScript script = new ReadingScript(seed, START);
        return Stream.generate(script::next).limit(count).toList();
    }

    @Test
    void theSameSeedMakesTheSameReadings() {
        assertThat(readings(5, 1_000)).isEqualTo(readings(5, 1_000)).isNotEqualTo(readings(6, 1_000));
    }

    @Test
    void eachBlockHoldsTheSameNumberOfBadOnes() {
        for (int seed = 0; seed < 50; seed++) {
            List<Reading> readings = readings(seed, 300);
            assertThat(readings.stream().map(Reading::kind))
                    .filteredOn(kind -> kind == Reading.Kind.BROKEN)
                    .hasSize(3);
            assertThat(readings.stream().map(Reading::kind))
                    .filteredOn(kind -> kind == Reading.Kind.IMPLAUSIBLE)
                    .hasSize(3);
            assertThat(readings.stream().map(Reading::kind))
                    .filteredOn(kind -> kind == Reading.Kind.DUPLICATE)
                    .hasSize(6);
        }
    }

    @Test
    void eachIsWhatItsKindSays() throws Exception {
        Set<String> good = new HashSet<>();
        Set<String> identities = new HashSet<>();
        List<Double> times = new ArrayList<>();
        for (Reading reading : readings(1, 2_000)) {
            switch (reading.kind()) {
                case BROKEN ->
                    assertThatThrownBy(() -> JSON.readTree(reading.line())).isInstanceOf(JsonProcessingException.class);
                case DUPLICATE -> assertThat(good).contains(reading.line());
                case GOOD, IMPLAUSIBLE -> {
                    JsonNode json = JSON.readTree(reading.line());
                    assertThat(json.fieldNames()).toIterable().containsExactly("data", "device_id", "ts", "device");
                    assertThat(json.get("data").fieldNames())
                            .toIterable()
                            .containsExactly("co", "humidity", "light", "lpg", "motion", "smoke", "temp");
                    double celsius = json.at("/data/temp").doubleValue();
                    assertThat(celsius > -60 && celsius < 80).isEqualTo(reading.kind() == Reading.Kind.GOOD);
                    assertThat(identities.add(json.get("device_id").asText()
                                    + json.get("ts").asText()))
                            .isTrue();
                    times.add(json.get("ts").doubleValue());
                    if (reading.kind() == Reading.Kind.GOOD) {
                        good.add(reading.line());
                    }
                }
            }
        }
        assertThat(times).isSorted();
        assertThat(times.get(0)).isBetween(1769860800.0, 1769860802.0);
    }
}
