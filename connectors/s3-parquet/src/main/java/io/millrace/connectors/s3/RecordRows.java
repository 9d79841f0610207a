package io.millrace.connectors.s3;

import io.millrace.connectors.common.FormerPlace;
import io.millrace.connectors.common.JsonText;
import io.millrace.connectors.common.Origin;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.s3.parquet.Row;
import io.millrace.connectors.s3.parquet.RowFacts;
import io.millrace.connectors.s3.parquet.RowSchema;
import io.millrace.connectors.s3.parquet.RowSchemas;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Makes rows of those records of a topic-partition that are of one stream. Remembers the last schema, in which tombstones are written. */
final class RecordRows {
    private final StreamRef stream;
    private final RowSchemas schemas;
    private RowSchema lastSchema;

    RecordRows(StreamRef stream, RowSchemas schemas) {
        this.stream = stream;
        this.schemas = schemas;
        this.lastSchema = schemas.ofNothing();
    }

    /** @throws DataException when the record can never be written */
    Row row(SinkRecord record) {
        Object value = record.value();
        RowSchema schema = value == null ? lastSchema : schemas.of(record.valueSchema(), value);
        Row row = schema.row(value, facts(record));
        lastSchema = schema;
        return row;
    }

    private RowFacts facts(SinkRecord record) {
        Long timestamp = record.timestamp();
        if (timestamp == null) {
            throw new DataException("The record has no timestamp.");
        }
        Object key = record.key();
        Optional<FormerPlace> former = FormerPlace.of(record);
        return new RowFacts(
                operation(record),
                key == null ? null : JsonText.of(record.keySchema(), key),
                Origin.of(record, stream).orElse(null),
                micros(timestamp),
                record.originalTopic(),
                record.originalKafkaPartition(),
                record.originalKafkaOffset(),
                former.map(FormerPlace::offset).orElse(null));
    }

    private static long micros(long millis) {
        try {
            return Math.multiplyExact(millis, 1000L);
        } catch (ArithmeticException e) {
            throw new DataException(
                    "The timestamp '" + millis + "' of the record is too large to be milliseconds since 1970.", e);
        }
    }

    private String operation(SinkRecord record) {
        if (!stream.table()) {
            return "i";
        }
        return record.value() == null ? "d" : "u";
    }
}
