package io.millrace.layers.record;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * What makes two records the same, as 32 bytes: the SHA-256 of their parts. Null is the same as null, numbers are the same when their values
 * are (1, 1.0 and 1.00; a double is the decimal that it is written as), values of different kinds differ. Owned by one thread.
 */
public final class Identity {
    private final MessageDigest sha256;

    public Identity() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * @param parts runtime values, in order
     */
    public Bytes of(List<@Nullable Object> parts) {
        sha256.reset();
        parts.forEach(this::add);
        return Bytes.wrap(sha256.digest());
    }

    /** Kinds are told apart and texts begin with their length, so that no two lists of parts give the same bytes. */
    private void add(@Nullable Object value) {
        if (value == null) {
            sha256.update((byte) 'n');
        } else if (value instanceof Number number) {
            text('d', number(number));
        } else if (value instanceof Struct row) {
            header('r', row.schema().fields().size());
            for (Field field : row.schema().fields()) {
                text('f', field.name());
                add(row.getWithoutDefault(field.name()));
            }
        } else if (value instanceof Map<?, ?> map) {
            header('m', map.size());
            Map<String, @Nullable Object> sorted = new TreeMap<>();
            map.forEach((key, item) -> sorted.put(String.valueOf(key), item));
            sorted.forEach((key, item) -> {
                text('f', key);
                add(item);
            });
        } else if (value instanceof List<?> items) {
            header('l', items.size());
            items.forEach(this::add);
        } else if (value instanceof ByteBuffer buffer) {
            header('b', buffer.remaining());
            sha256.update(buffer.duplicate());
        } else if (value instanceof byte[] bytes) {
            header('b', bytes.length);
            sha256.update(bytes);
        } else if (value instanceof String string) {
            text('s', string);
        } else {
            text('o', value.getClass().getSimpleName() + value);
        }
    }

    private static String number(Number number) {
        boolean floating = number instanceof Double || number instanceof Float;
        if (floating && !Double.isFinite(number.doubleValue())) {
            return number.toString();
        }
        BigDecimal bare = new BigDecimal(number.toString()).stripTrailingZeros();
        return bare.unscaledValue() + "e" + bare.scale();
    }

    private void text(char kind, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        header(kind, bytes.length);
        sha256.update(bytes);
    }

    private void header(char kind, int size) {
        sha256.update((byte) kind);
        sha256.update((byte) (size >>> 24));
        sha256.update((byte) (size >>> 16));
        sha256.update((byte) (size >>> 8));
        sha256.update((byte) size);
    }
}
