package io.millrace.plugin.record;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Writes {@link DeadLetterHeaders} of one dead letter. */
final class DeadLetterHeaderWriter {
    /** Of the stack trace and of a message, in bytes of UTF-8, so that a dead letter is never refused for its headers. */
    static final int TRACE_LIMIT = 8 * 1024;

    static final int MESSAGE_LIMIT = 2 * 1024;

    private static final String RAW_LAYER = "raw.";

    private final DeadLetter letter;
    private final Headers headers;

    DeadLetterHeaderWriter(DeadLetter letter) {
        this.letter = letter;
        this.headers = new RecordHeaders(letter.originalHeaders().toArray());
    }

    Headers write() {
        long attempts = letter.attempts();
        if (ReplayHeaders.isReplay(headers)) {
            attempts += putFirstPlace();
        } else {
            put(DeadLetterHeaders.TOPIC, letter.topic());
            put(DeadLetterHeaders.PARTITION, letter.partition());
            put(DeadLetterHeaders.OFFSET, letter.offset());
        }
        put(DeadLetterHeaders.CONNECTOR, letter.connector());
        put(DeadLetterHeaders.TASK, letter.task());
        put(DeadLetterHeaders.CONNECT_STAGE, letter.connectStage());
        put(DeadLetterHeaders.CLASS, letter.executingClass());
        Throwable error = letter.error();
        String message = cut(letter.message(), MESSAGE_LIMIT);
        put(
                DeadLetterHeaders.EXCEPTION_CLASS,
                error == null ? null : error.getClass().getName());
        put(
                DeadLetterHeaders.EXCEPTION_MESSAGE,
                error == null || error.getMessage() == null ? null : cut(error.getMessage(), MESSAGE_LIMIT));
        put(DeadLetterHeaders.EXCEPTION_STACKTRACE, error == null ? null : cut(trace(error), TRACE_LIMIT));
        put(DeadLetterHeaders.STAGE, letter.stage());
        put(DeadLetterHeaders.RULE, letter.rule());
        put(DeadLetterHeaders.ERROR_CODE, letter.errorCode());
        put(DeadLetterHeaders.ERROR_MESSAGE, message);
        put(DeadLetterHeaders.FINGERPRINT, letter.fingerprint());
        put(DeadLetterHeaders.ATTEMPTS, attempts);
        put(DeadLetterHeaders.PIPELINE, letter.pipeline());
        put(DeadLetterHeaders.VERSION, MillraceVersion.text());
        putOrigin();
        return headers;
    }

    /** A record that was replayed and dies again keeps the place it was first read from. Answers how often it was tried before. */
    private long putFirstPlace() {
        Long before = ReplayHeaders.number(headers, DeadLetterHeaders.ATTEMPTS);
        put(DeadLetterHeaders.TOPIC, ReplayHeaders.text(headers, ReplayHeaders.TOPIC));
        put(DeadLetterHeaders.PARTITION, ReplayHeaders.text(headers, ReplayHeaders.PARTITION));
        put(DeadLetterHeaders.OFFSET, ReplayHeaders.text(headers, ReplayHeaders.OFFSET));
        headers.remove(ReplayHeaders.STAGE);
        headers.remove(ReplayHeaders.TOPIC);
        headers.remove(ReplayHeaders.PARTITION);
        headers.remove(ReplayHeaders.OFFSET);
        return before == null ? 1 : before;
    }

    /** A raw record is its own origin; an aggregate's record has none. */
    private void putOrigin() {
        String topic = letter.topic();
        if (topic != null
                && topic.startsWith(RAW_LAYER)
                && letter.partition() != null
                && letter.offset() != null
                && headers.lastHeader(DeadLetterHeaders.ORIGIN) == null) {
            put(DeadLetterHeaders.ORIGIN, topic + "-" + letter.partition() + "@" + letter.offset());
        }
    }

    /** A redriven record has headers of an earlier death: those are replaced, also by absence. */
    private void put(String name, @Nullable Object value) {
        headers.remove(name);
        if (value != null && !value.equals("")) {
            headers.add(name, value.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String trace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** The longest start that fits, cut between characters. */
    static String cut(String text, int limit) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= limit) {
            return text;
        }
        int end = limit;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
