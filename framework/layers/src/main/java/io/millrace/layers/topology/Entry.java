package io.millrace.layers.topology;

import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;

/** What enters the next segment; not yet cut from it, since an empty segment needs no processor. */
record Entry<V>(String name, KStream<Bytes, V> stream, Supplier<? extends SegmentInput<V>> input) {}
