package io.millrace.broker.metadata;

import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;

/** A part of the broker that follows the metadata. */
@FunctionalInterface
public interface MetadataListener {
    /** Called for each change in order, on the metadata thread: must not block. */
    void onMetadata(MetadataDelta delta, MetadataImage image);
}
