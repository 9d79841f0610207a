package io.millrace.transforms;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;

/** Makes a record a tombstone: its key is deleted. To be used with a predicate, as {@code FieldMatches} on a field {@code deleted}. */
public final class MakeTombstone<R extends ConnectRecord<R>> implements Transformation<R> {

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // it has no settings
    }

    @Override
    public R apply(R record) {
        if (record.key() == null) {
            throw new DataException("the record has no key, so nothing can be deleted; give it one with MakeKey");
        }
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                null,
                null,
                record.timestamp(),
                record.headers());
    }

    @Override
    public void close() {
        // nothing is open
    }
}
