package io.millrace.connectors.iothttp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a body into records; each keeps its bytes as they came. Stateless.
 *
 * <p>A JSON array becomes its elements. Where one cannot tell any more where an element ends the whole body is refused, so bad JSON in an
 * array is never taken; a line of NDJSON ends at its line feed, whatever it holds.
 */
final class BodySplitter {
    /** Names of fields come from anyone, so they are not kept for the life of the process. */
    static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final int BOM = 3;
    private static final String NOT_UTF8 = "it is not UTF-8";

    private final int maxRecords;
    private final boolean refuseMalformed;

    BodySplitter(int maxRecords, boolean refuseMalformed) {
        this.maxRecords = maxRecords;
        this.refuseMalformed = refuseMalformed;
    }

    /** @return empty for an empty array, and for NDJSON of empty lines */
    List<byte[]> split(BodyFormat format, byte[] body) throws Refusal.RefusedException {
        byte[] bytes = format == BodyFormat.OPAQUE ? body : withoutMark(body);
        if (isBlank(format, bytes)) {
            throw Refusal.of(400, "empty-body", "The body is empty. Send at least one record.")
                    .asException();
        }
        return switch (format) {
            case OPAQUE -> List.of(bytes);
            case LINES -> lines(bytes);
            case JSON -> firstByte(bytes) == '[' ? elements(bytes) : single(bytes);
        };
    }

    private List<byte[]> single(byte[] body) throws Refusal.RefusedException {
        if (refuseMalformed) {
            String trouble = trouble(body);
            if (!trouble.isEmpty()) {
                throw Refusal.of(400, "malformed-json", "The body is not JSON: " + trouble + ".")
                        .asException();
            }
        }
        return List.of(body);
    }

    private List<byte[]> lines(byte[] body) throws Refusal.RefusedException {
        List<byte[]> records = new ArrayList<>();
        List<Refusal.Bad> bad = new ArrayList<>();
        int badCount = 0;
        int line = 0;
        for (int start = 0; start < body.length; ) {
            line++;
            int feed = start;
            while (feed < body.length && body[feed] != '\n') {
                feed++;
            }
            int end = feed > start && body[feed - 1] == '\r' ? feed - 1 : feed;
            byte[] record = Arrays.copyOfRange(body, start, end);
            start = feed + 1;
            if (isBlank(BodyFormat.LINES, record)) {
                continue;
            }
            add(record, records);
            String trouble = refuseMalformed ? trouble(record) : "";
            if (!trouble.isEmpty() && badCount++ < Refusal.MOST_BAD) {
                bad.add(new Refusal.Bad("line", line, trouble));
            }
        }
        if (badCount > 0) {
            throw Refusal.of(
                            400,
                            "malformed-json",
                            "Lines are not JSON: " + badCount + " of " + records.size() + ". Nothing was taken.",
                            bad,
                            badCount)
                    .asException();
        }
        return records;
    }

    private List<byte[]> elements(byte[] body) throws Refusal.RefusedException {
        List<byte[]> records = new ArrayList<>();
        if (isWide(body)) {
            throw malformedArray(0, NOT_UTF8);
        }
        try (JsonParser json = parser(body)) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                int start = offset(json.currentTokenLocation().getByteOffset());
                json.skipChildren();
                json.finishToken();
                int end = offset(json.currentLocation().getByteOffset());
                add(Arrays.copyOfRange(body, start, end), records);
            }
            if (json.nextToken() != null) {
                throw malformedArray(records.size(), "something follows the array");
            }
        } catch (JsonProcessingException e) {
            throw malformedArray(records.size(), reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    private static Refusal.RefusedException malformedArray(int element, String reason) {
        return Refusal.of(
                        400,
                        "malformed-json",
                        "The array cannot be read from element " + element + " on. Nothing was taken.",
                        List.of(new Refusal.Bad("element", element, reason)),
                        1)
                .asException();
    }

    private void add(byte[] record, List<byte[]> records) throws Refusal.RefusedException {
        if (records.size() == maxRecords) {
            throw Refusal.of(
                            413,
                            "too-many-records",
                            "The request holds more than " + maxRecords + " records. Send them in several requests.")
                    .asException();
        }
        records.add(record);
    }

    /** What is wrong with a JSON text; empty when nothing is. Holds nothing of the text. */
    private static String trouble(byte[] text) {
        if (isWide(text)) {
            return NOT_UTF8;
        }
        try (JsonParser json = parser(text)) {
            if (json.nextToken() == null) {
                return "there is no value";
            }
            json.skipChildren();
            json.finishToken();
            return json.nextToken() == null ? "" : "something follows the value";
        } catch (JsonProcessingException e) {
            return reason(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it looks like UTF-16 or UTF-32, which the parser would take, counting other bytes. */
    private static boolean isWide(byte[] text) {
        for (int index = 0; index < Math.min(4, text.length); index++) {
            if (text[index] == 0) {
                return true;
            }
        }
        return false;
    }

    private static JsonParser parser(byte[] text) throws IOException {
        return JSON.createParser(text);
    }

    private static String reason(JsonProcessingException e) {
        long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
        return at < 0 ? "it is not well-formed" : "it is not well-formed at byte " + at;
    }

    private static int offset(long bytes) {
        return Math.toIntExact(bytes);
    }

    private static byte[] withoutMark(byte[] body) {
        boolean marked =
                body.length >= BOM && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF;
        return marked ? Arrays.copyOfRange(body, BOM, body.length) : body;
    }

    private static boolean isBlank(BodyFormat format, byte[] bytes) {
        return format == BodyFormat.OPAQUE ? bytes.length == 0 : firstByte(bytes) < 0;
    }

    /** The first byte that is no white space of JSON; -1 when there is none. */
    private static int firstByte(byte[] bytes) {
        for (byte next : bytes) {
            if (next != ' ' && next != '\t' && next != '\r' && next != '\n') {
                return next & 0xFF;
            }
        }
        return -1;
    }
}
