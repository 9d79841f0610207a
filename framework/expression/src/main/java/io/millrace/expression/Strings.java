package io.millrace.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RuntimeTypes;
import io.millrace.expression.type.ScalarType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The functions on strings. Lengths and positions count code points; patterns are RE2, so that no pattern can run away. */
final class Strings {
    private Strings() {}

    static Object size(Object value) {
        if (value instanceof String text) {
            return (long) text.codePointCount(0, text.length());
        }
        if (value instanceof List<?> list) {
            return (long) list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return (long) map.size();
        }
        if (value instanceof ByteBuffer bytes) {
            return (long) bytes.remaining();
        }
        throw undefined("size", value);
    }

    static Object contains(Object text, Object part) {
        return string(text, "contains").contains(string(part, "contains"));
    }

    static Object startsWith(Object text, Object part) {
        return string(text, "startsWith").startsWith(string(part, "startsWith"));
    }

    static Object endsWith(Object text, Object part) {
        return string(text, "endsWith").endsWith(string(part, "endsWith"));
    }

    static Object lowerAscii(Object text) {
        return ascii(string(text, "lowerAscii"), 'A', 'Z', 'a' - 'A');
    }

    static Object upperAscii(Object text) {
        return ascii(string(text, "upperAscii"), 'a', 'z', 'A' - 'a');
    }

    /** By Unicode, whatever the worker's language is. */
    static Object lower(Object text) {
        return string(text, "lower").toLowerCase(Locale.ROOT);
    }

    static Object upper(Object text) {
        return string(text, "upper").toUpperCase(Locale.ROOT);
    }

    private static String ascii(String text, char first, char last, int shift) {
        char[] chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (chars[i] >= first && chars[i] <= last) {
                chars[i] = (char) (chars[i] + shift);
            }
        }
        return new String(chars);
    }

    static Object trim(Object text) {
        return string(text, "trim").strip();
    }

    static Object indexOf(Object text, Object part) {
        String whole = string(text, "indexOf");
        int at = whole.indexOf(string(part, "indexOf"));
        return at < 0 ? -1L : (long) whole.codePointCount(0, at);
    }

    static Object split(Object text, Object separator) {
        String between = string(separator, "split");
        String whole = string(text, "split");
        if (between.isEmpty()) {
            return whole.codePoints().mapToObj(Character::toString).toList();
        }
        return List.of(whole.split(java.util.regex.Pattern.quote(between), -1));
    }

    static Typed join(List<Typed> arguments) {
        Node separator = arguments.size() == 2 ? arguments.get(1).node() : (scope, locals) -> "";
        return Typed.of(
                Node.binary(
                        arguments.get(0).node(), separator, (list, between) -> joined(list, string(between, "join"))),
                ScalarType.STRING);
    }

    private static String joined(Object list, String between) {
        if (!(list instanceof List<?> items)) {
            throw undefined("join", list);
        }
        return items.stream().map(item -> string(item, "join")).collect(Collectors.joining(between));
    }

    static Typed replace(List<Typed> arguments) {
        Node text = arguments.get(0).node();
        Node found = arguments.get(1).node();
        Node replacement = arguments.get(2).node();
        return Typed.of(
                (scope, locals) -> {
                    Object whole = text.eval(scope, locals);
                    Object part = found.eval(scope, locals);
                    Object other = replacement.eval(scope, locals);
                    if (whole == null || part == null || other == null) {
                        return null;
                    }
                    return string(whole, "replace").replace(string(part, "replace"), string(other, "replace"));
                },
                ScalarType.STRING);
    }

    static Typed substring(List<Typed> arguments) {
        Node text = arguments.get(0).node();
        Node from = arguments.get(1).node();
        if (arguments.size() == 2) {
            return Typed.of(Node.binary(text, from, (whole, start) -> cut(whole, start, null)), ScalarType.STRING);
        }
        Node to = arguments.get(2).node();
        return Typed.of(
                (scope, locals) -> {
                    Object whole = text.eval(scope, locals);
                    Object start = from.eval(scope, locals);
                    Object end = to.eval(scope, locals);
                    return whole == null || start == null || end == null ? null : cut(whole, start, end);
                },
                ScalarType.STRING);
    }

    private static String cut(Object text, Object from, @Nullable Object to) {
        String whole = string(text, "substring");
        long length = whole.codePointCount(0, whole.length());
        long start = position(from);
        long end = to == null ? length : position(to);
        if (start < 0 || end < start || end > length) {
            throw new EvaluationException(
                    "expression.index",
                    "'substring' of a string with " + length + " characters has no part from " + start + " to " + end
                            + ".");
        }
        int first = whole.offsetByCodePoints(0, (int) start);
        return whole.substring(first, whole.offsetByCodePoints(first, (int) (end - start)));
    }

    private static long position(Object value) {
        if (value instanceof Long position) {
            return position;
        }
        throw undefined("substring", value);
    }

    /** Whether the pattern is found anywhere in the text. */
    static Typed matches(List<Typed> arguments) {
        Typed pattern = arguments.get(1);
        Node text = arguments.get(0).node();
        if (pattern.constant() instanceof String known) {
            Pattern compiled;
            try {
                compiled = Pattern.compile(known);
            } catch (PatternSyntaxException e) {
                throw new Functions.UnsupportedException(
                        "'" + known + "' is not a pattern: " + e.getDescription() + ".",
                        "Patterns are RE2: https://github.com/google/re2/wiki/Syntax.");
            }
            return Typed.of(
                    Node.unary(text, value -> compiled.matcher(string(value, "matches"))
                            .find()),
                    ScalarType.BOOL);
        }
        return Typed.of(Node.binary(text, pattern.node(), Strings::find), ScalarType.BOOL);
    }

    private static Object find(Object text, Object pattern) {
        try {
            return Pattern.compile(string(pattern, "matches"))
                    .matcher(string(text, "matches"))
                    .find();
        } catch (PatternSyntaxException e) {
            throw new EvaluationException("expression.pattern", "the pattern of 'matches' is not an RE2 pattern.");
        }
    }

    private static String string(@Nullable Object value, String function) {
        if (value instanceof String text) {
            return text;
        }
        throw undefined(function, value);
    }

    private static EvaluationException undefined(String function, @Nullable Object value) {
        return new EvaluationException(
                "expression.type",
                "'" + function + "' is not defined for a value of type " + RuntimeTypes.name(value) + ".");
    }
}
