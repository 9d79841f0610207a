package io.millrace.connectors.logs.tail;

import org.jspecify.annotations.Nullable;

/**
 * A line or a part of one.
 *
 * @param offset of its first byte
 * @param bytes without the end of the line; null for a line that was skipped
 * @param end the place after it
 * @param part 0 for a whole line, else its number from 1
 * @param last whether it ends its line
 * @param cut how many bytes of the line were left out
 */
record Line(long offset, byte @Nullable [] bytes, Checkpoint end, int part, boolean last, long cut) {}
