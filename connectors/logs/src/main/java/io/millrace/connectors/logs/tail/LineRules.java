package io.millrace.connectors.logs.tail;

import java.time.Duration;
import java.util.Optional;

/**
 * How a file's bytes become events.
 *
 * @param maxLineBytes without the end of the line
 * @param partialLineTimeout after which the beginning of a line in a live file is taken as a line; empty for never
 */
public record LineRules(
        int maxLineBytes, LongLines longLines, Optional<Multiline> multiline, Optional<Duration> partialLineTimeout) {}
