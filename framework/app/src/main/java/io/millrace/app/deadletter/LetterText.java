package io.millrace.app.deadletter;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.plugin.record.DeadLetterHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Dead letters as lines for people and as JSON for programs. */
public final class LetterText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MESSAGE_WIDTH = 100;

    private LetterText() {}

    /** One line: place, time, stage, rule, group and message. */
    public static String line(Letter letter) {
        return String.format(
                Locale.ROOT,
                "%s  %s  %s  %s  %s  %s",
                letter.id(),
                letter.at(),
                letter.stage(),
                orDash(letter.rule()),
                letter.group(),
                shortened(letter.message()));
    }

    /** Without key and value. */
    public static ObjectNode json(Letter letter) {
        ObjectNode node = JSON.createObjectNode()
                .put("id", letter.id())
                .put("at", letter.at().toString())
                .put("stage", letter.stage())
                .put("rule", letter.rule())
                .put("group", letter.group())
                .put("code", letter.code())
                .put("message", letter.message())
                .put("attempts", letter.attempts())
                .put("origin", letter.origin());
        letter.topic().ifPresent(topic -> node.put("topic", topic));
        if (letter.partition() != null) {
            node.put("partition", letter.partition());
        }
        if (letter.offset() != null) {
            node.put("offset", letter.offset());
        }
        return node;
    }

    /** Everything. Values are shown as they are: who may read the topic may read them. */
    public static List<String> whole(Letter letter) {
        List<String> lines = new ArrayList<>();
        lines.add(letter.id());
        lines.add("  at        " + letter.at());
        lines.add("  stage     " + letter.stage());
        lines.add("  rule      " + orDash(letter.rule()));
        lines.add("  code      " + letter.code());
        lines.add("  group     " + letter.group());
        lines.add("  attempts  " + letter.attempts());
        lines.add("  origin    " + orDash(letter.origin()));
        lines.add("  read from "
                + letter.topic()
                        .map(topic -> letter.partition() == null
                                ? topic
                                : topic + "-" + letter.partition() + "@" + letter.offset())
                        .orElse("-"));
        lines.add("  message   " + clean(letter.message()));
        lines.add("  key       " + readable(letter.read().key()));
        lines.add("  value     " + readable(letter.read().value()));
        lines.add("  headers");
        for (Header header : letter.read().headers()) {
            if (!header.key().equals(DeadLetterHeaders.EXCEPTION_STACKTRACE)) {
                lines.add("    " + header.key() + ": " + readable(header.value()));
            }
        }
        String trace = letter.text(DeadLetterHeaders.EXCEPTION_STACKTRACE);
        if (!trace.isEmpty()) {
            lines.add("  trace");
            trace.lines().forEach(line -> lines.add("    " + clean(line)));
        }
        return lines;
    }

    /** Everything; a value that is not text is hex, and its encoding says so. */
    public static ObjectNode wholeJson(Letter letter) {
        ObjectNode node = json(letter);
        put(node, "key", letter.read().key());
        put(node, "value", letter.read().value());
        ArrayNode headers = node.putArray("headers");
        for (Header header : letter.read().headers()) {
            ObjectNode one = headers.addObject().put("name", header.key());
            put(one, "value", header.value());
        }
        return node;
    }

    public static ObjectNode json(LetterGroup group) {
        return JSON.createObjectNode()
                .put("group", group.fingerprint())
                .put("stage", group.stage())
                .put("rule", group.rule())
                .put("code", group.code())
                .put("count", group.count())
                .put("first", group.first().toString())
                .put("last", group.last().toString())
                .put("sample", group.sample())
                .put("sampleId", group.sampleId());
    }

    public static List<String> lines(LetterGroup group) {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "%s  %8d  %s  %s  %s",
                        group.fingerprint(),
                        group.count(),
                        group.stage(),
                        orDash(group.rule()),
                        group.code()),
                "    first " + group.first() + ", last " + group.last() + ", for example " + group.sampleId(),
                "    " + shortened(group.sample()));
    }

    private static void put(ObjectNode node, String name, byte @Nullable [] bytes) {
        if (bytes == null) {
            node.putNull(name);
            return;
        }
        Optional<String> text = text(bytes);
        node.put(name, text.orElseGet(() -> HexFormat.of().formatHex(bytes)));
        node.put(name + "Encoding", text.isPresent() ? "text" : "hex");
    }

    private static String readable(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "null";
        }
        return text(bytes).orElseGet(() -> "0x" + HexFormat.of().formatHex(bytes));
    }

    /** The bytes as text, where they are UTF-8 without control characters: those could take over a terminal. */
    private static Optional<String> text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            boolean plain =
                    text.chars().allMatch(c -> !Character.isISOControl(c) || c == '\n' || c == '\t' || c == '\r');
            return plain ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String shortened(String message) {
        String line = clean(message.lines().findFirst().orElse(""));
        return line.length() <= MESSAGE_WIDTH ? line : line.substring(0, MESSAGE_WIDTH - 3) + "...";
    }

    /** A message may quote what was in the record. */
    private static String clean(String text) {
        return text.chars()
                .map(c -> Character.isISOControl(c) && c != '\t' && c != '\n' ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
