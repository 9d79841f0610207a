package io.millrace.connectors.logs.tail;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How lines are joined.
 *
 * @param pattern what is looked for in a line, read as UTF-8
 * @param negate whether the lines without it are meant
 * @param after whether the meant lines follow the line they belong to; else they come before it
 * @param timeout after which an event is complete although no line has ended it
 * @param maxLines of an event; the next line begins another
 */
public record Multiline(Pattern pattern, boolean negate, boolean after, Duration timeout, int maxLines) {

    boolean continues(String line) {
        return pattern.matcher(line).find() != negate;
    }
}
