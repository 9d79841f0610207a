/**
 * Kafka Connect's JsonConverter, faster: {@link io.millrace.plugin.json.CompiledJsonConverter} is put where exactly Apache's class is configured.
 *
 * <p>Apache's class builds a tree of the whole message, schema included, for each record. Here a schema is compiled once: into a {@link
 * io.millrace.plugin.json.ValueWriter} that puts the bytes of the payload behind the schema's own bytes, which were kept, and into a {@link
 * io.millrace.plugin.json.ValueReader} that takes the payload from Jackson's tokens. The envelope of a message that is read is known again by
 * its bytes, so that its schema is not parsed a second time.
 *
 * <p>Invariants: what leaves this package is, byte for byte and value for value, what Apache's class makes. Whoever meets anything that it
 * does not cover (a value that does not fit, a number too large, a broken message) throws {@link
 * io.millrace.plugin.json.NotCovered}, and Apache's class, which the converter extends, does the record: also every error is Apache's own, word for word.
 */
@NullMarked
package io.millrace.plugin.json;

import org.jspecify.annotations.NullMarked;
