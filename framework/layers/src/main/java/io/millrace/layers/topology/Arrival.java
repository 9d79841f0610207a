package io.millrace.layers.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The record's own timestamp, when it arrived. One without (a client may write none) arrived with the newest one before it: Kafka Streams'
 * own choices are to stop, or to drop the record.
 */
final class Arrival implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> raw, long newestBefore) {
        return raw.timestamp() >= 0 ? raw.timestamp() : Math.max(0, newestBefore);
    }
}
