/**
 * The access log of a made-up web shop. {@link io.millrace.dev.weblog.AccessLogScript} makes the lines,
 * {@link io.millrace.dev.weblog.AccessLogGenerator} writes them as a web server and its logrotate do.
 *
 * <p>Invariants: same seed and times, same lines; of each 100 lines one is cut off in the middle and five ask for {@code /health}.
 */
@NullMarked
package io.millrace.dev.weblog;

import org.jspecify.annotations.NullMarked;
