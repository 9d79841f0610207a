/**
 * The log manager: Kafka's segment files under one data folder, opened lazily, recovered, retained, compacted. {@link
 * io.millrace.broker.storage.Logs} is what the rest of the broker sees.
 */
@NullMarked
package io.millrace.broker.storage;

import org.jspecify.annotations.NullMarked;
