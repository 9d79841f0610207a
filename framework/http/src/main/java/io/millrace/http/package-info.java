/**
 * An HTTP server for JSON interfaces, on Jetty. {@link io.millrace.http.Routes} says which {@link io.millrace.http.Route} answers which method and
 * path, {@link io.millrace.http.HttpServer} listens.
 *
 * <p>Invariants: it listens on the loopback address only; every answer that is not a success has the one error body
 * {@code {"error_code": ..., "message": ...}}; a route's own exception is answered as 500 with its message and logged with its trace.
 */
@NullMarked
package io.millrace.http;

import org.jspecify.annotations.NullMarked;
