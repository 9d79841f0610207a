/**
 * Reads lines of log files that are renamed, cut, copied, compressed and removed while they are read. Knows nothing of Kafka Connect.
 *
 * <p>A {@link io.millrace.connectors.logs.tail.Tailer} looks into the folders ({@code PathGlobs}), sorts what it finds into logs
 * ({@code LogName}) and reads them in turn. {@code LogFiles} decides which file is which; its class comment says by what;
 * {@code Strangers} keeps what is known of files that are not read. A {@code Tail} makes events of one file, which {@code FollowedFile} reads by its open
 * handle ({@code Content}: plain or gzip) into a {@code Window}, through {@code LineSplitter} and {@code LineJoiner};
 * {@code FormerFiles} is what is remembered of those that are gone, {@code Losses} tells what is lost.
 *
 * <p>Invariants: the state of a log ({@code FileState} of each file) says for each byte whether it is in an event, and is stored with these
 * events; a newer file of a log is not read before the older ones are read to their end; bytes that are known to be lost are told.
 */
@NullMarked
package io.millrace.connectors.logs.tail;

import org.jspecify.annotations.NullMarked;
