package io.millrace.plugin.record;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers by which a dead letter enters its stage again, on the topic {@code replay.<pipeline>}. All values are UTF-8 text.
 *
 * <p>Every reader of the topic takes the records of its own stages and passes the others over.
 */
public final class ReplayHeaders {
    /** The stage that the record enters again, as the dead letter's {@link DeadLetterHeaders#STAGE} says it. */
    public static final String STAGE = "millrace.replay.stage";

    /** {@code <dead letter topic>-<partition>@<offset>} of the dead letter. */
    public static final String OF = "millrace.replay.of";

    /** The topic that the stage read the record from at first. */
    public static final String TOPIC = "millrace.replay.topic";

    /** The record's partition in that topic; absent where it is not known. */
    public static final String PARTITION = "millrace.replay.partition";

    /** The record's offset in that topic; absent where it is not known. */
    public static final String OFFSET = "millrace.replay.offset";

    /**
     * The steps, with commas between them, that the record has passed and that keep in mind what they have seen: they let it pass again. On the
     * dead letter too.
     */
    public static final String PASSED = "millrace.replay.passed";

    private static final String PREFIX = "replay.";
    private static final String HEADER_PREFIX = "millrace.replay.";

    private ReplayHeaders() {}

    /** {@code replay.<pipeline>}. */
    public static String topicOf(String pipeline) {
        return PREFIX + pipeline;
    }

    /** Whether a record read from a topic is one that enters again. */
    public static boolean isReplay(Headers headers) {
        return headers.lastHeader(STAGE) != null;
    }

    /** Gives a record those of another that it was made of, with how often that was tried. */
    public static void copy(Headers from, Headers to) {
        for (Header header : from) {
            if (isOfReplay(header.key())) {
                to.add(header);
            }
        }
    }

    /** {@link #PASSED}; empty where there are none. */
    public static Set<String> passed(Headers headers) {
        String names = text(headers, PASSED);
        return names == null ? Set.of() : Set.of(names.split(","));
    }

    /** Takes away where a record entered again, of what was made of it; keeps of which letter it is. Answers how often it was tried before. */
    public static int endTry(Headers headers) {
        Long before = isReplay(headers) ? Long.valueOf(triesOf(headers)) : null;
        headers.remove(STAGE);
        headers.remove(TOPIC);
        headers.remove(PARTITION);
        headers.remove(OFFSET);
        return before == null ? 0 : (int) Math.min(before, Integer.MAX_VALUE - 1);
    }

    private static long triesOf(Headers headers) {
        Long tries = number(headers, DeadLetterHeaders.ATTEMPTS);
        return tries == null ? 1 : tries;
    }

    /** Of a record that enters nothing again. */
    public static void remove(Headers headers) {
        for (Header header : headers.toArray()) {
            if (isOfReplay(header.key())) {
                headers.remove(header.key());
            }
        }
    }

    private static boolean isOfReplay(String name) {
        return name.startsWith(HEADER_PREFIX) || name.equals(DeadLetterHeaders.ATTEMPTS);
    }

    /** A header as text; null where it is absent or empty. */
    public static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null || header.value().length == 0
                ? null
                : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** A header as a whole number of 0 or more; null where it is absent or none. */
    public static @Nullable Long number(Headers headers, String name) {
        String text = text(headers, name);
        try {
            return text == null || Long.parseLong(text) < 0 ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
