/**
 * What differs between databases: names, types, reading the catalogue, and the statements that write many rows at once. A {@code Dialect} is stateless; it
 * gets the connection for each call and never commits. {@code OriginGuard} is how a
 * replayed dead letter is kept from overwriting what is newer. {@code Dialects} picks one by a URL.
 *
 * <p>Invariants: identifiers are always quoted; a value never becomes part of a statement's text; {@code classify} never repeats a value that a server
 * named in its message.
 */
@NullMarked
package io.millrace.connectors.jdbc.dialect;

import org.jspecify.annotations.NullMarked;
