package io.millrace.layers.topology;

import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Origin;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.plugin.record.DeadLetter;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Makes a row of a window. It has no origin: an aggregate is traced by its key and window. */
final class WindowInput implements SegmentInput<WindowTotals> {
    private final Aggregate aggregate;
    private final GroupRows rows;
    private final Keys keys;
    private final Origin origin;
    private final String topic;

    WindowInput(Aggregate aggregate, RowCodec codec, Keys keys, Origin origin, String topic) {
        this.aggregate = aggregate;
        this.keys = keys;
        this.origin = origin;
        this.topic = topic;
        this.rows = new GroupRows(aggregate, codec);
    }

    @Override
    public Outcome open(FixedKeyRecord<Bytes, WindowTotals> entered, @Nullable RecordMetadata at) {
        StepRecord.Source source = new StepRecord.Source(
                entered.key(),
                keys,
                origin.headers(Row.NO_ORIGIN, entered.headers()),
                new StepRecord.Place(topic, -1, -1),
                entered.timestamp(),
                Row.NO_ORIGIN);
        WindowTotals window = entered.value();
        if (window == null) {
            return StepRecord.of(source, null, null);
        }
        try {
            Struct row = rows.of(window);
            return StepRecord.of(source, row.schema(), row);
        } catch (EvaluationException e) {
            return new Outcome.Failed(aggregate.name(), aggregate.name(), e.code(), String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void original(
            DeadLetter.Builder deadLetter, FixedKeyRecord<Bytes, WindowTotals> entered, @Nullable RecordMetadata at) {
        WindowTotals window = entered.value();
        deadLetter
                .bytes(
                        SegmentProcessor.bytes(entered.key()),
                        window == null ? null : window.totals().groupRow())
                .originalHeaders(origin.headers(Row.NO_ORIGIN, entered.headers()));
    }
}
