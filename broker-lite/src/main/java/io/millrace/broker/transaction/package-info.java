/** The transaction coordinator of a broker that is alone: state in {@code __transaction_state} in Kafka's format, markers appended locally. */
@NullMarked
package io.millrace.broker.transaction;

import org.jspecify.annotations.NullMarked;
