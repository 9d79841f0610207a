package io.millrace.connectors.search;

import java.util.Optional;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * One record as the server is to take it.
 *
 * @param version external: above that of every older record of the same document
 * @param document the JSON to be written; empty deletes
 * @param action the first line of the bulk form, without line end
 */
record Operation(SinkRecord record, String index, String id, long version, Optional<byte[]> document, byte[] action) {

    /** Bytes in the bulk form. */
    long size() {
        return action.length + 1L + document.map(json -> json.length + 1L).orElse(0L);
    }

    /** Where the record was read, for messages. */
    String place() {
        return record.originalTopic() + "-" + record.originalKafkaPartition() + "@" + record.originalKafkaOffset();
    }

    /** Without the document. */
    @Override
    public String toString() {
        return "Operation[" + place() + ", " + index + "/" + id + "]";
    }
}
