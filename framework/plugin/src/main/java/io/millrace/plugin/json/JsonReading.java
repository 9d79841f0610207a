package io.millrace.plugin.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.jspecify.annotations.Nullable;

/** Bytes to Connect data. Thread-safe. */
interface JsonReading {
    /** @return null where the message is for Apache's class */
    @Nullable
    SchemaAndValue read(byte[] message);

    /** Learns, if there is anything to learn, so that the next message like this can be read. @param read what Apache's class made of it */
    void learn(byte[] message, SchemaAndValue read);

    /** Makes parsers of what Apache's class reads. Names are not interned: those of maps are data, and there is no end to them. */
    static JsonFactory newFactory() {
        return new JsonFactoryBuilder()
                .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }
}
