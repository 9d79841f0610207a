package io.millrace.connectors.s3;

import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.s3.parquet.Row;
import io.millrace.connectors.s3.parquet.RowSchemas;
import java.time.DateTimeException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Where the records of one topic go, and how they become rows. The topic is the one that the record is of, {@code topic()}: a replayed dead
 * letter, read from the replay topic, goes to the folder of its stream. One thread.
 */
final class Destination {
    /** A row and its folder. */
    record Placed(String folder, Row row) {}

    private final PathTemplate.OfTopic path;
    private final EventTime eventTime;
    private final RecordRows rows;

    private Destination(PathTemplate.OfTopic path, EventTime eventTime, RecordRows rows) {
        this.path = path;
        this.eventTime = eventTime;
        this.rows = rows;
    }

    static Destination of(S3ParquetSinkConfig config, String topic, RowSchemas schemas) {
        StreamRef stream = config.stream(topic);
        return new Destination(
                config.path().of(config.pipeline(), topic, stream),
                new EventTime(config.eventTime()),
                new RecordRows(stream, schemas));
    }

    /** What the keys of all its objects begin with. */
    String prefix() {
        return path.prefix();
    }

    /** @throws DataException when the record can never be written */
    Placed place(SinkRecord record) {
        try {
            Row row = rows.row(record);
            return new Placed(folder(record), row);
        } catch (DataException e) {
            throw e;
        } catch (RuntimeException e) {
            // Nothing here depends on anything but the record: it would fail the same way for ever.
            throw new DataException("The record cannot be made a row: " + e, e);
        }
    }

    private String folder(SinkRecord record) {
        try {
            return path.folder(eventTime.of(record));
        } catch (DateTimeException | ArithmeticException e) {
            throw new DataException("The time of the record has no folder: " + e.getMessage(), e);
        }
    }
}
