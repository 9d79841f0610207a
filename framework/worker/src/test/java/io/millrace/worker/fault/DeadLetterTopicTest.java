package io.millrace.worker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class DeadLetterTopicTest {
    private static final RecordFailure FAILURE = new RecordFailure(
            ConnectStage.TRANSFORMATION, "org.example.Guard", "guard", new DataException("too large"), 1);

    private final DeadLetterTopic letters =
            new DeadLetterTopic("deadletter.house", (short) 1, "house.readings", 0, "house", "source:readings");

    @Test
    void bytesOfASourceStayAsTheyAre() {
        byte[] key = {'7'};
        byte[] value = {'{', (byte) 0xff, '}'};

        ProducerRecord<byte[], byte[]> letter =
                letters.ofSource(record(Schema.BYTES_SCHEMA, key, Schema.BYTES_SCHEMA, value), 1, FAILURE);

        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.value()).isEqualTo(value);
    }

    @Test
    void whatASourceGaveAsDataIsJsonWithItsSchema() {
        ProducerRecord<byte[], byte[]> letter =
                letters.ofSource(record(null, null, Schema.STRING_SCHEMA, "a line"), 1, FAILURE);

        assertThat(letter.key()).isNull();
        assertThat(new String(letter.value(), StandardCharsets.UTF_8))
                .isEqualTo("{\"schema\":{\"type\":\"string\",\"optional\":false},\"payload\":\"a line\"}");
    }

    private static SourceRecord record(Schema keySchema, Object key, Schema valueSchema, Object value) {
        return new SourceRecord(Map.of(), Map.of(), "raw.house.readings", null, keySchema, key, valueSchema, value);
    }
}
