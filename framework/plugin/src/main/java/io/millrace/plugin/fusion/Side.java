package io.millrace.plugin.fusion;

import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** Which half of a record a transform works on. */
enum Side {
    KEY {
        @Override
        @Nullable
        Schema schema(ConnectRecord<?> record) {
            return record.keySchema();
        }

        @Override
        @Nullable
        Object content(ConnectRecord<?> record) {
            return record.key();
        }
    },
    VALUE {
        @Override
        @Nullable
        Schema schema(ConnectRecord<?> record) {
            return record.valueSchema();
        }

        @Override
        @Nullable
        Object content(ConnectRecord<?> record) {
            return record.value();
        }
    };

    abstract @Nullable Schema schema(ConnectRecord<?> record);

    abstract @Nullable Object content(ConnectRecord<?> record);
}
