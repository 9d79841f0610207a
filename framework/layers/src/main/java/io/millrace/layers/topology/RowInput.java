package io.millrace.layers.topology;

import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Origin;
import io.millrace.layers.record.Row;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.pipeline.model.StreamName;
import io.millrace.plugin.record.DeadLetter;
import io.millrace.plugin.record.ReplayHeaders;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Takes the rows of an earlier stream of the same topology. */
final class RowInput implements SegmentInput<Row> {
    private final StreamName stream;
    private final Keys keys;
    private final Origin origin;
    private final String topic;
    private final Reentry reentry;

    /**
     * @param stream that reads
     * @param topic that the stream reads
     * @param reentry of the rows
     */
    RowInput(StreamName stream, Keys keys, Origin origin, String topic, Reentry reentry) {
        this.stream = stream;
        this.keys = keys;
        this.origin = origin;
        this.topic = topic;
        this.reentry = reentry;
    }

    @Override
    public Outcome open(FixedKeyRecord<Bytes, Row> entered, @Nullable RecordMetadata at) {
        return open(entered, entered.value(), headers(entered, entered.value()));
    }

    /** The record of a row; with a null row, of a delete. */
    StepRecord open(FixedKeyRecord<Bytes, ?> entered, @Nullable Row row, Headers headers) {
        StepRecord.Source source = new StepRecord.Source(
                entered.key(),
                keys,
                headers,
                new StepRecord.Place(topic, -1, -1),
                entered.timestamp(),
                origin(entered, row));
        if (row == null) {
            return StepRecord.of(source, null, null);
        }
        Struct value = row.value();
        return StepRecord.of(source, value.schema(), value);
    }

    @Override
    public void original(
            DeadLetter.Builder deadLetter, FixedKeyRecord<Bytes, Row> entered, @Nullable RecordMetadata at) {
        original(deadLetter, entered, entered.value());
    }

    void original(DeadLetter.Builder deadLetter, FixedKeyRecord<Bytes, ?> entered, @Nullable Row row) {
        deadLetter.bytes(SegmentProcessor.bytes(entered.key()), row == null ? null : row.json());
        reentry.tell(deadLetter, replayable(entered, row), origin(entered, row));
    }

    /** As {@link #headers}; of a row that enters this stream again also those that count how often it did. */
    Headers replayable(FixedKeyRecord<Bytes, ?> entered, @Nullable Row row) {
        Headers headers = headers(entered, row);
        if (reentry.isPossible() && ReplayFilter.isOwn(stream, entered.headers(), origin(entered, row))) {
            ReplayHeaders.copy(entered.headers(), headers);
        }
        return headers;
    }

    /** As on the earlier stream's topic: after a join, the headers at hand may be those of the other side. */
    Headers headers(FixedKeyRecord<Bytes, ?> entered, @Nullable Row row) {
        return origin.headers(origin(entered, row), entered.headers());
    }

    private static String origin(FixedKeyRecord<Bytes, ?> entered, @Nullable Row row) {
        return row == null ? Origin.of(entered.headers()) : row.origin();
    }
}
