package io.millrace.transforms.record;

import io.millrace.transforms.path.Typed;
import org.apache.kafka.connect.connector.ConnectRecord;

/** The half of a record that a transform changes. */
public enum Part {
    KEY {
        @Override
        public Typed of(ConnectRecord<?> record) {
            return new Typed(record.keySchema(), record.key());
        }

        @Override
        public <R extends ConnectRecord<R>> R with(R record, Typed part) {
            return record.newRecord(
                    record.topic(),
                    record.kafkaPartition(),
                    part.schema(),
                    part.value(),
                    record.valueSchema(),
                    record.value(),
                    record.timestamp(),
                    record.headers());
        }
    },
    VALUE {
        @Override
        public Typed of(ConnectRecord<?> record) {
            return new Typed(record.valueSchema(), record.value());
        }

        @Override
        public <R extends ConnectRecord<R>> R with(R record, Typed part) {
            return record.newRecord(
                    record.topic(),
                    record.kafkaPartition(),
                    record.keySchema(),
                    record.key(),
                    part.schema(),
                    part.value(),
                    record.timestamp(),
                    record.headers());
        }
    };

    /** What a record has there. */
    public abstract Typed of(ConnectRecord<?> record);

    /** The record with something else there. */
    public abstract <R extends ConnectRecord<R>> R with(R record, Typed part);

    /** As errors call it. */
    public String text() {
        return this == KEY ? "key" : "value";
    }
}
