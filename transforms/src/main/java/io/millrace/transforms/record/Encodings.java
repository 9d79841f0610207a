package io.millrace.transforms.record;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/** Texts and bytes in other forms. Each fails with a {@link DataException} without the field's name. */
public final class Encodings {
    private Encodings() {}

    public static byte[] fromBase64(Object value) {
        try {
            return Base64.getDecoder().decode(text(value).strip());
        } catch (IllegalArgumentException e) {
            throw new DataException("is no base64: " + e.getMessage(), e);
        }
    }

    public static byte[] fromHex(Object value) {
        try {
            return HexFormat.of().parseHex(text(value).strip());
        } catch (IllegalArgumentException e) {
            throw new DataException("is no hex: " + e.getMessage(), e);
        }
    }

    /**
     * @param limit how many bytes it may unpack to
     */
    public static byte[] gunzip(Object value, int limit) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes(value)))) {
            byte[] unpacked = in.readNBytes(limit);
            if (in.read() >= 0) {
                throw new DataException("unpacks to more than " + limit + " bytes");
            }
            return unpacked;
        } catch (IOException e) {
            throw new DataException("is no gzip: " + e.getMessage(), e);
        }
    }

    public static String text(Object value) {
        if (value instanceof CharSequence) {
            return value.toString();
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(value)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DataException("holds bytes that are no UTF-8 text", e);
        }
    }

    /** A query string; of a name that stands there twice the last counts. */
    public static Map<String, String> form(Object value) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String pair : text(value).split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            try {
                fields.put(
                        URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8),
                        equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new DataException("is no query string: " + e.getMessage(), e);
            }
        }
        return fields;
    }

    public static String toBase64(Object value) {
        return Base64.getEncoder().encodeToString(bytes(value));
    }

    public static String toHex(Object value) {
        return HexFormat.of().formatHex(bytes(value));
    }

    public static byte[] gzip(Object value) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes(value));
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return packed.toByteArray();
    }

    /** Bytes as they are, of any other single value its text in UTF-8. */
    static byte[] bytes(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        if (value instanceof Struct || value instanceof Map || value instanceof Iterable) {
            throw new DataException("is a structure or a list: write it as json first");
        }
        return Template.plain(value).getBytes(StandardCharsets.UTF_8);
    }
}
