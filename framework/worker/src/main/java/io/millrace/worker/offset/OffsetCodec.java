package io.millrace.worker.offset;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;

/**
 * Source offsets as bytes, as Kafka Connect keeps them (JsonConverter without schemas): key {@code ["<connector>",{partition}]},
 * value {@code {offset}}, no value for a deleted one. Thread-safe.
 */
public final class OffsetCodec {
    /** What a key of the offsets topic says. */
    public record Key(String connector, @Nullable Map<String, Object> partition) {}

    private final String topic;
    private final JsonConverter keys = new JsonConverter();
    private final JsonConverter values = new JsonConverter();

    public OffsetCodec(String topic) {
        this.topic = topic;
        keys.configure(Map.of("schemas.enable", "false"), true);
        values.configure(Map.of("schemas.enable", "false"), false);
    }

    /** @throws DataException when the partition holds anything but strings to primitives */
    public byte[] key(String connector, Map<String, ?> partition) {
        check("sourcePartition", partition);
        // Equal partitions must be equal bytes, and a connector's map may have another order in each process. Else they
        // are different keys to compaction and to the partitioner, and an old offset may be read last.
        return keys.fromConnectData(topic, null, Arrays.asList(connector, new TreeMap<>(partition)));
    }

    /** @throws DataException when the offset holds anything but strings to primitives */
    public byte @Nullable [] value(@Nullable Map<String, ?> offset) {
        if (offset == null) {
            return null;
        }
        check("sourceOffset", offset);
        return values.fromConnectData(topic, null, offset);
    }

    /** Empty for keys of another shape, which are not ours to judge. */
    public Optional<Key> readKey(byte @Nullable [] bytes) {
        if (bytes == null) {
            return Optional.empty();
        }
        Object parsed;
        try {
            parsed = keys.toConnectData(topic, bytes).value();
        } catch (DataException e) {
            return Optional.empty();
        }
        if (parsed instanceof List<?> list
                && list.size() == 2
                && list.get(0) instanceof String connector
                && (list.get(1) == null || list.get(1) instanceof Map)) {
            return Optional.of(new Key(connector, map(list.get(1))));
        }
        return Optional.empty();
    }

    public @Nullable Map<String, Object> readValue(byte @Nullable [] bytes) {
        return bytes == null ? null : map(values.toConnectData(topic, bytes).value());
    }

    /** The partition as it will be read back, so that {@code 1} and {@code 1L}, or another order of keys, are the same partition. */
    public @Nullable Map<String, Object> asRead(Map<String, ?> partition) {
        check("sourcePartition", partition);
        return map(keys.toConnectData(topic, keys.fromConnectData(topic, null, partition))
                .value());
    }

    private static @Nullable Map<String, Object> map(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> parsed)) {
            return null;
        }
        Map<String, Object> copy = new HashMap<>();
        parsed.forEach((k, v) -> copy.put(String.valueOf(k), v));
        return copy;
    }

    private static void check(String what, Map<?, ?> map) {
        map.forEach((key, value) -> {
            if (!(key instanceof String)) {
                throw new DataException("A " + what + " has a key that is not a string: '" + key + "'.");
            }
            boolean primitive = value == null
                    || value instanceof String
                    || value instanceof Boolean
                    || value instanceof byte[]
                    || value instanceof Byte
                    || value instanceof Short
                    || value instanceof Integer
                    || value instanceof Long
                    || value instanceof Float
                    || value instanceof Double;
            if (!primitive) {
                throw new DataException("A " + what + " holds a "
                        + value.getClass().getName() + " under '" + key + "'; only primitive values can be stored.");
            }
        });
    }
}
