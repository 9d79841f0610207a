package io.millrace.connectors.s3;

import io.millrace.connectors.s3.parquet.JsonText;
import io.millrace.connectors.s3.parquet.Row;
import io.millrace.connectors.s3.parquet.RowFacts;
import io.millrace.connectors.s3.parquet.RowSchema;
import io.millrace.connectors.s3.parquet.RowSchemas;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Makes rows of the records of one topic-partition. Remembers the last schema, in which tombstones are written. */
final class RecordRows {
    private static final String ORIGIN_HEADER = "millrace.origin";

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
        return new RowFacts(
                operation(record),
                key == null ? null : JsonText.of(record.keySchema(), key),
                origin(record),
                micros(timestamp),
                record.originalTopic(),
                record.originalKafkaPartition(),
                record.originalKafkaOffset());
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

    /** What the header says; without it a layer's record is an aggregate's and has none, every other is its own origin. */
    private @Nullable String origin(SinkRecord record) {
        Header header = record.headers().lastWithName(ORIGIN_HEADER);
        if (header != null && header.value() != null) {
            return header.value() instanceof byte[] bytes
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : header.value().toString();
        }
        boolean ownOrigin =
                stream.layer().equals("raw") || stream.equals(StreamRef.undescribed(record.originalTopic()));
        return ownOrigin
                ? record.originalTopic() + "-" + record.originalKafkaPartition() + "@" + record.originalKafkaOffset()
                : null;
    }
}
