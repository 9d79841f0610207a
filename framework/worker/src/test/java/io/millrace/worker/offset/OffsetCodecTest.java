package io.millrace.worker.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class OffsetCodecTest {
    private final OffsetCodec codec = new OffsetCodec("offsets");

    @Test
    void writesWhatKafkaConnectWrites() {
        Map<String, Object> offset = new LinkedHashMap<>();
        offset.put("lsn", 24_023_128L);
        offset.put("snapshot", true);
        offset.put("file", null);
        assertThat(codec.key("shopdb", Map.of("server", "shop")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[\"shopdb\",{\"server\":\"shop\"}]");
        assertThat(codec.value(offset))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"lsn\":24023128,\"snapshot\":true,\"file\":null}");
        assertThat(codec.value(null)).isNull();
    }

    @Test
    void readsBackWhatItWrote() {
        OffsetCodec.Key key =
                codec.readKey(codec.key("c", Map.of("a", 1, "b", "x"))).orElseThrow();
        assertThat(key).isEqualTo(new OffsetCodec.Key("c", Map.of("a", 1L, "b", "x")));
        assertThat(codec.asRead(Map.of("b", "x", "a", 1))).isEqualTo(key.partition());
        assertThat(codec.readValue(codec.value(Map.of("n", 7)))).isEqualTo(Map.of("n", 7L));
    }

    @Test
    void writesEqualPartitionsAsEqualBytesWhateverTheirOrder() {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("file", "/a.log");
        one.put("device", 7);
        Map<String, Object> other = new LinkedHashMap<>();
        other.put("device", 7);
        other.put("file", "/a.log");
        assertThat(codec.key("logs", one))
                .isEqualTo(codec.key("logs", other))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[\"logs\",{\"device\":7,\"file\":\"/a.log\"}]");
    }

    @Test
    void passesOverKeysOfAnotherShape() {
        for (String other : List.of("", "no json", "{}", "[1,{}]", "[\"a\"]", "[\"a\",3]")) {
            assertThat(codec.readKey(other.getBytes(StandardCharsets.UTF_8)))
                    .as(other)
                    .isEmpty();
        }
        assertThat(codec.readKey(null)).isEmpty();
    }

    @Test
    void refusesWhatCannotBeStored() {
        assertThatThrownBy(() -> codec.value(Map.of("list", List.of(1))))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "A sourceOffset holds a java.util.ImmutableCollections$List12 under 'list'; only primitive values"
                                + " can be stored.");
    }
}
