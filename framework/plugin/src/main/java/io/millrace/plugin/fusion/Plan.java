package io.millrace.plugin.fusion;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Headers;
import org.jspecify.annotations.Nullable;

/** All transforms of a fusion in one pass, for records of one schema. */
final class Plan<R extends ConnectRecord<R>> {
    private final Expected[] expected;
    private final Content key;
    private final Content value;
    private final Expression topic;
    private final Expression[] checks;
    private final List<Consumer<Headers>> headers;

    /** A half of the record that has to be a struct of this schema. */
    private record Expected(Side side, Schema schema) {
        static Expected of(Side side, ConnectRecord<?> sample) {
            return new Expected(side, Objects.requireNonNull(side.schema(sample), "a drafted half has a schema"));
        }
    }

    /**
     * @param sides that have to be structs
     * @param sample whose schemas the plan is for
     */
    Plan(Draft draft, Set<Side> sides, ConnectRecord<?> sample) {
        this.expected = sides.stream().map(side -> Expected.of(side, sample)).toArray(Expected[]::new);
        this.key = draft.content(Side.KEY);
        this.value = draft.content(Side.VALUE);
        this.topic = draft.topic();
        this.headers = List.copyOf(draft.headers());
        this.checks = draft.checks().toArray(Expression[]::new);
    }

    /** Whether the record has this plan's schemas, the same objects. */
    boolean isFor(ConnectRecord<?> record) {
        for (Expected half : expected) {
            if (half.side.schema(record) != half.schema) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param record with equal schemas
     * @return null where the record is for the transforms themselves
     */
    @Nullable
    R apply(R record) {
        Struct keyStruct = null;
        Struct valueStruct = null;
        for (Expected half : expected) {
            // A struct may have another schema than the record says.
            if (!(half.side.content(record) instanceof Struct struct)
                    || !struct.schema().equals(half.schema)) {
                return null;
            }
            if (half.side == Side.KEY) {
                keyStruct = struct;
            } else {
                valueStruct = struct;
            }
        }
        Input input = new Input(record, keyStruct, valueStruct);
        try {
            for (Expression check : checks) {
                check.of(input);
            }
            return transformed(record, input);
        } catch (RuntimeException e) {
            // The transforms themselves are given the same record, and the one that cannot do it says why.
            return null;
        }
    }

    @SuppressWarnings("NullAway") // Connect's own types are not annotated
    private R transformed(R record, Input input) {
        String newTopic = (String) topic.of(input);
        Integer partition = record.kafkaPartition();
        Schema keySchema = key.changed() ? key.schema() : record.keySchema();
        Object newKey = key.whole().of(input);
        Schema valueSchema = value.changed() ? value.schema() : record.valueSchema();
        Object newValue = value.whole().of(input);
        Long timestamp = record.timestamp();
        if (headers.isEmpty()) {
            return record.newRecord(newTopic, partition, keySchema, newKey, valueSchema, newValue, timestamp);
        }
        Headers copied = record.headers().duplicate();
        for (Consumer<Headers> change : headers) {
            change.accept(copied);
        }
        return record.newRecord(newTopic, partition, keySchema, newKey, valueSchema, newValue, timestamp, copied);
    }
}
