/**
 * The metadata of one node: Kafka's own controller over a metadata log that needs no quorum. {@link io.millrace.broker.metadata.MetadataLog} keeps the log in Kafka's format, {@link io.millrace.broker.metadata.Metadata} publishes each change as an image before the controller's caller is answered.
 */
@NullMarked
package io.millrace.broker.metadata;

import org.jspecify.annotations.NullMarked;
