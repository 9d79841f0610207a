package io.millrace.plugin.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.cache.Cache;
import org.apache.kafka.common.cache.LRUCache;
import org.apache.kafka.common.cache.SynchronizedCache;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a schema and a payload. All that stands before the payload is known again by its bytes; what it means was learnt from the first such
 * message that Apache's class read.
 */
final class EnvelopeReading implements JsonReading {
    private final ReaderCompiler compiler;
    private final JsonFactory factory = JsonReading.newFactory();
    private final Recent<Head> recent = new Recent<>();
    private final Cache<ByteBuffer, Head> heads;

    /**
     * What begins a message.
     *
     * @param bytes up to the payload
     * @param payload null where Apache's class is to read it
     */
    private record Head(
            byte[] bytes, @Nullable Schema schema, @Nullable ValueReader payload) {
        boolean begins(byte[] message) {
            return message.length > bytes.length && Arrays.equals(message, 0, bytes.length, bytes, 0, bytes.length);
        }
    }

    EnvelopeReading(ReaderCompiler compiler, int cacheSize) {
        this.compiler = compiler;
        this.heads = new SynchronizedCache<>(new LRUCache<>(cacheSize));
    }

    @Override
    public @Nullable SchemaAndValue read(byte[] message) {
        Head head = find(message);
        if (head == null || head.payload == null) {
            return null;
        }
        int start = head.bytes.length;
        int end = endOfPayload(message, start);
        if (end < 0 || !isPlain(message, start, end)) {
            return null;
        }
        try (JsonParser parser = factory.createParser(message, start, end - start)) {
            parser.nextToken();
            Object value = head.payload.read(parser);
            // Invariant: between the known beginning and the last brace is one value and nothing else.
            return parser.nextToken() == null ? new SchemaAndValue(head.schema, value) : null;
        } catch (IOException | RuntimeException e) {
            // Apache's class is given the same message, and says in its own words what is wrong with it, if anything.
            return null;
        }
    }

    private @Nullable Head find(byte[] message) {
        Head head = recent.find(candidate -> candidate.begins(message));
        if (head != null || heads.size() == 0) {
            return head;
        }
        int start = startOfPayload(message);
        head = start < 0 ? null : heads.get(ByteBuffer.wrap(message, 0, start));
        if (head != null) {
            recent.add(head);
        }
        return head;
    }

    /** @return where the brace is that ends the envelope; -1 where there is none */
    private static int endOfPayload(byte[] message, int start) {
        int last = message.length - 1;
        while (last > start && message[last] >= 0 && message[last] <= ' ') {
            last--;
        }
        return last > start && message[last] == '}' ? last : -1;
    }

    /** Zeros, or a byte order mark, at the beginning would tell Jackson that this is another encoding. */
    private static boolean isPlain(byte[] message, int start, int end) {
        for (int i = start; i < Math.min(start + 4, end); i++) {
            if (message[i] == 0) {
                return false;
            }
        }
        return message[start] > 0;
    }

    @Override
    public void learn(byte[] message, SchemaAndValue read) {
        if (recent.find(candidate -> candidate.begins(message)) != null) {
            return;
        }
        int start = startOfPayload(message);
        if (start < 0 || !endsWithPayload(message)) {
            return;
        }
        Head head = new Head(Arrays.copyOf(message, start), read.schema(), compiler.compileIfCovered(read.schema()));
        heads.put(ByteBuffer.wrap(head.bytes), head);
        recent.add(head);
    }

    /** @return where the value of the payload begins; -1 where the message does not begin with a schema and then a payload */
    private int startOfPayload(byte[] message) {
        try (JsonParser parser = factory.createParser(message)) {
            return toPayload(parser) ? (int) offset(parser, message) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static boolean toPayload(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT || !"schema".equals(parser.nextFieldName())) {
            return false;
        }
        parser.nextToken();
        parser.skipChildren();
        return "payload".equals(parser.nextFieldName()) && parser.nextToken() != null;
    }

    /** The parser counts in bytes only of UTF-8, and from behind a byte order mark. */
    private static long offset(JsonParser parser, byte[] message) {
        long offset = parser.currentTokenLocation().getByteOffset();
        return message[0] == '{' ? offset : -1;
    }

    /** A message may name a schema or a payload twice; the last one holds. */
    private boolean endsWithPayload(byte[] message) {
        try (JsonParser parser = factory.createParser(message)) {
            if (!toPayload(parser)) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == JsonToken.END_OBJECT;
        } catch (IOException e) {
            return false;
        }
    }
}
