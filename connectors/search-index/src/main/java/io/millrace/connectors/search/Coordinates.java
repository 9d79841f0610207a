package io.millrace.connectors.search;

import io.millrace.connectors.common.FormerPlace;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The place that a record has, or had before it was a dead letter and was replayed: the place by which its versions are ordered.
 *
 * @param topic as the record's stream writes it
 */
record Coordinates(String topic, int partition, long offset) {

    static Coordinates of(SinkRecord record) {
        return FormerPlace.of(record)
                .map(former -> new Coordinates(former.topic(), former.partition(), former.offset()))
                .orElseGet(() -> new Coordinates(
                        record.originalTopic(), record.originalKafkaPartition(), record.originalKafkaOffset()));
    }

    /** Offset 0 too gives a version that the server takes for one. */
    long version() {
        return offset + 1;
    }

    String text() {
        return topic + "-" + partition + "@" + offset;
    }
}
