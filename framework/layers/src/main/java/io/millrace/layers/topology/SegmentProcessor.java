package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Origin;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.RecordSteps;
import io.millrace.layers.step.StepRecord;
import io.millrace.pipeline.model.StreamName;
import io.millrace.plugin.record.ReplayHeaders;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Runs the steps between two joins or aggregates, and decides what leaves. The last segment of a table knows by a digest per key what it
 * last wrote: what does not differ is counted {@code unchanged} and stays; a row that a rule drops is deleted if it was there.
 *
 * <p>Counting: the last segment counts what reaches it; an earlier one counts only what ends there. So in = out + dropped + dead letters
 * holds for the stream, whatever joins make of its records.
 */
final class SegmentProcessor<V> implements FixedKeyProcessor<Bytes, V, Emission<Row>> {

    /**
     * Where the segment stands.
     *
     * @param kind of the stream, as far as it is drawn
     * @param rowsStore the name of the last segment's store; empty for events and for earlier segments
     * @param last whether what leaves is the stream
     * @param checkedKeys what the keys of what leaves must be; empty where that is known already
     */
    record Place(
            StreamName stream,
            RawStream.Kind kind,
            Optional<String> rowsStore,
            boolean last,
            Optional<Keys> checkedKeys) {}

    /** Each copies what stands beside the list, and all are written in memory before the first leaves. */
    private static final long MOST_EXPLODED_BYTES = 64 << 20;

    private final Place place;
    private final SegmentInput<V> input;
    private final RecordSteps steps;
    private final RowCodec codec;
    private final Origin origin;
    private final DeadLetters deadLetters;
    private final StreamCounters counters;
    private final MessageDigest sha256 = RowDigest.sha256();

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, Emission<Row>> context;

    private @Nullable KeyValueStore<Bytes, byte[]> rows;

    SegmentProcessor(
            Place place,
            SegmentInput<V> input,
            RecordSteps steps,
            RowCodec codec,
            Origin origin,
            DeadLetters deadLetters,
            StreamCounters counters) {
        this.place = place;
        this.input = input;
        this.steps = steps;
        this.codec = codec;
        this.origin = origin;
        this.deadLetters = deadLetters;
        this.counters = counters;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, Emission<Row>> processorContext) {
        context = processorContext;
        place.rowsStore().ifPresent(name -> rows = processorContext.getStateStore(name));
    }

    @Override
    public void process(FixedKeyRecord<Bytes, V> entered) {
        if (place.last()) {
            counters.in().increment();
        }
        RecordMetadata at = context.recordMetadata().orElse(null);
        Outcome opened = open(entered, at);
        Outcome outcome = opened instanceof StepRecord ready ? checked(steps.apply(ready)) : opened;
        switch (outcome.kind()) {
            case EXPLODED -> explode(entered, at, (Outcome.Exploded) outcome, (StepRecord) opened);
            case PASSED -> pass(entered, at, (StepRecord) outcome);
            case DROPPED -> drop(entered, (Outcome.Dropped) outcome, (StepRecord) opened);
            case FAILED -> fail(entered, at, (Outcome.Failed) outcome);
        }
    }

    private Outcome open(FixedKeyRecord<Bytes, V> entered, @Nullable RecordMetadata at) {
        try {
            return input.open(entered, at);
        } catch (RuntimeException e) {
            // Reading a record is no I/O: what it throws it throws again.
            return new Outcome.Failed("read", "value", "layers.unexpected", e.toString(), e);
        }
    }

    private Outcome checked(Outcome outcome) {
        if (outcome instanceof Outcome.Exploded exploded) {
            return exploded.parts().stream()
                    .map(this::checked)
                    .filter(Outcome.Failed.class::isInstance)
                    .findFirst()
                    .orElse(exploded);
        }
        if (!(outcome instanceof StepRecord passed)) {
            return outcome;
        }
        if (place.checkedKeys().isPresent()) {
            Optional<String> fault =
                    place.checkedKeys().get().fault(passed.source().key());
            if (fault.isPresent()) {
                return new Outcome.Failed("key", "key", "layers.key", fault.get(), null);
            }
        }
        if (isTable() && passed.source().key() == null) {
            return new Outcome.Failed(
                    "key", "key", "layers.key", "the record has no key, and its stream is a table", null);
        }
        if (passed.isDelete() && !isTable()) {
            return new Outcome.Failed("value", "value", "layers.no-value", "an event has no value", null);
        }
        if (!passed.isDelete() && !(passed.value() instanceof Struct)) {
            return new Outcome.Failed(
                    "value", "value", "layers.not-a-row", "the value is not a row after the last step", null);
        }
        return outcome;
    }

    private void pass(FixedKeyRecord<Bytes, V> entered, @Nullable RecordMetadata at, StepRecord passed) {
        Headers headers = headers(entered, passed);
        if (passed.isDelete()) {
            delete(entered, headers, StreamCounters.UNCHANGED);
            return;
        }
        Row row = Row.of(codec, passed.source().origin(), passed.row());
        Optional<Outcome.Failed> fault = fault(entered, row, headers);
        if (fault.isPresent()) {
            fail(entered, at, fault.get());
            return;
        }
        if (rows != null && isUnchanged(rows, entered.key(), row.json())) {
            counters.drop(StreamCounters.UNCHANGED);
            return;
        }
        emit(entered, row, headers);
    }

    /** All parts, or, where one cannot be written, a dead letter of the record and none of them. */
    private void explode(
            FixedKeyRecord<Bytes, V> entered,
            @Nullable RecordMetadata at,
            Outcome.Exploded exploded,
            StepRecord opened) {
        long bytes = 0;
        List<Row> written = new ArrayList<>();
        List<Headers> headers = new ArrayList<>();
        for (Outcome part : exploded.parts()) {
            if (part instanceof StepRecord passed) {
                Row row = Row.of(codec, passed.source().origin(), passed.row());
                headers.add(headers(entered, passed));
                Optional<Outcome.Failed> fault = fault(entered, row, headers.get(written.size()));
                if (fault.isPresent()) {
                    fail(entered, at, fault.get());
                    return;
                }
                written.add(row);
                bytes += row.json().length;
                if (bytes > MOST_EXPLODED_BYTES) {
                    String message =
                            "the records that it becomes have more than " + MOST_EXPLODED_BYTES + " bytes together";
                    fail(entered, at, new Outcome.Failed("value", "size", "layers.too-large", message, null));
                    return;
                }
            }
        }
        if (place.last()) {
            counters.expanded().add(exploded.parts().size() - 1L);
        }
        for (Outcome part : exploded.parts()) {
            if (part instanceof Outcome.Dropped dropped) {
                drop(entered, dropped, opened);
            }
        }
        for (int i = 0; i < written.size(); i++) {
            emit(entered, written.get(i), headers.get(i));
        }
    }

    private Headers headers(FixedKeyRecord<Bytes, V> entered, StepRecord passed) {
        String from = passed.source().origin();
        Headers headers = origin.headers(from, entered.headers());
        if (!place.last() && ReplayFilter.isOwn(place.stream(), entered.headers(), from)) {
            ReplayHeaders.copy(entered.headers(), headers);
        }
        passed.branch().ifPresent(branch -> Origin.route(headers, branch));
        return headers;
    }

    /** Why a row cannot be written; empty where it can. */
    private Optional<Outcome.Failed> fault(FixedKeyRecord<Bytes, V> entered, Row row, Headers headers) {
        byte[] json;
        try {
            json = row.json();
        } catch (EvaluationException e) {
            return Optional.of(new Outcome.Failed("value", "value", e.code(), String.valueOf(e.getMessage()), e));
        } catch (RuntimeException e) {
            String message = "the row does not fit its schema: " + e.getMessage();
            return Optional.of(new Outcome.Failed("value", "value", "layers.unwritable", message, e));
        }
        return RecordSize.fault(entered.key(), json, headers)
                .map(tooLarge -> new Outcome.Failed("value", "size", "layers.too-large", tooLarge, null));
    }

    /** Whether the table has this row already; if not, it has it now. */
    private boolean isUnchanged(KeyValueStore<Bytes, byte[]> store, Bytes key, byte[] json) {
        byte[] digest = sha256.digest(json);
        if (Arrays.equals(digest, store.get(key))) {
            return true;
        }
        store.put(key, digest);
        return false;
    }

    private void drop(FixedKeyRecord<Bytes, V> entered, Outcome.Dropped dropped, StepRecord opened) {
        boolean deletes = dropped.rowGone() && isTable() && entered.key() != null;
        if (place.last() && deletes) {
            delete(entered, origin.headers(opened.source().origin(), entered.headers()), dropped.rule());
            return;
        }
        if (!place.last()) {
            counters.in().increment();
        }
        counters.drop(dropped.rule());
        if (deletes) {
            forwardDelete(entered, origin.headers(opened.source().origin(), entered.headers()));
        }
    }

    /** Deletes a row; one that the table has not is counted under the rule. */
    private void delete(FixedKeyRecord<Bytes, V> entered, Headers headers, String rule) {
        if (rows != null) {
            if (rows.get(entered.key()) == null) {
                counters.drop(rule);
                return;
            }
            rows.delete(entered.key());
        }
        if (place.last()) {
            counters.out().increment();
        }
        forwardDelete(entered, headers);
    }

    private void forwardDelete(FixedKeyRecord<Bytes, V> entered, Headers headers) {
        context.forward(entered.withValue((Emission<Row>) new Emission.Change<Row>(null))
                .withHeaders(headers));
    }

    private void emit(FixedKeyRecord<Bytes, V> entered, Row row, Headers headers) {
        if (place.last()) {
            counters.out().increment();
        }
        context.forward(
                entered.withValue((Emission<Row>) new Emission.Change<>(row)).withHeaders(headers));
    }

    private void fail(FixedKeyRecord<Bytes, V> entered, @Nullable RecordMetadata at, Outcome.Failed failed) {
        if (!place.last()) {
            counters.in().increment();
        }
        context.forward(deadLetters.of(entered, at, failed, input));
    }

    private boolean isTable() {
        return place.kind() == RawStream.Kind.TABLE;
    }

    @Override
    public void close() {
        steps.close();
    }

    static byte @Nullable [] bytes(@Nullable Bytes key) {
        return key == null ? null : key.get();
    }
}
