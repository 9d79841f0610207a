package io.millrace.worker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.plugin.record.ReplayRecord;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class DeadLetterTopicTest {
    private static final RecordFailure FAILURE = new RecordFailure(
            ConnectStage.TRANSFORMATION, "org.example.Guard", "guard", new DataException("too large"), 1);

    private static final Arrival ARRIVAL = new Arrival(1, 0);
    private static final String TOPIC = "raw.house.readings";

    private final DeadLetterTopic letters =
            new DeadLetterTopic("deadletter.house", (short) 1, "house.readings", 0, "house", "source:readings");

    @Test
    void bytesOfASourceStayAsTheyAre() {
        byte[] key = {'7'};
        byte[] value = {'{', (byte) 0xff, '}'};

        ProducerRecord<byte[], byte[]> letter =
                letters.ofSource(record(Schema.BYTES_SCHEMA, key, Schema.BYTES_SCHEMA, value), ARRIVAL, TOPIC, FAILURE);

        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.value()).isEqualTo(value);
    }

    @Test
    void whatASourceGaveAsDataIsJsonWithItsSchema() {
        ProducerRecord<byte[], byte[]> letter =
                letters.ofSource(record(null, null, Schema.STRING_SCHEMA, "a line"), ARRIVAL, TOPIC, FAILURE);

        assertThat(letter.key()).isNull();
        assertThat(new String(letter.value(), StandardCharsets.UTF_8))
                .isEqualTo("{\"schema\":{\"type\":\"string\",\"optional\":false},\"payload\":\"a line\"}");
    }

    @Test
    void whatDiesAgainIsAsItWasWithOneTryMore() {
        ProducerRecord<byte[], byte[]> first =
                letters.ofSource(record(null, null, Schema.STRING_SCHEMA, "a line"), ARRIVAL, TOPIC, FAILURE);
        ProducerRecord<byte[], byte[]> replay = ReplayRecord.of(read(first), "replay.house", 3, 1);
        ProducerRecord<byte[], byte[]> second = letters.ofReplay(read(replay), FAILURE);

        assertThat(ReplayHeaders.text(replay.headers(), ReplayHeaders.STAGE)).isEqualTo("source:readings");
        assertThat(second.value()).isEqualTo(first.value());
        assertThat(second.timestamp()).isEqualTo(1);
        assertThat(ReplayHeaders.text(second.headers(), DeadLetterHeaders.SOURCE_RECORD))
                .isEqualTo(ReplayHeaders.text(first.headers(), DeadLetterHeaders.SOURCE_RECORD));
        assertThat(ReplayHeaders.text(second.headers(), DeadLetterHeaders.TOPIC))
                .isEqualTo(TOPIC);
        assertThat(ReplayHeaders.number(second.headers(), DeadLetterHeaders.ATTEMPTS))
                .isEqualTo(2);
        assertThat(ReplayHeaders.isReplay(second.headers())).isFalse();
    }

    @Test
    void headersOfAnotherPipelineAreNoneOfAReplay() {
        SourceRecord copied = record(null, null, Schema.STRING_SCHEMA, "a line");
        copied.headers().addString(ReplayHeaders.STAGE, "sink:other").addString("traceparent", "00-ab");

        ProducerRecord<byte[], byte[]> letter = letters.ofSource(copied, ARRIVAL, TOPIC, FAILURE);

        assertThat(ReplayHeaders.isReplay(letter.headers())).isFalse();
        assertThat(ReplayHeaders.text(letter.headers(), "traceparent")).isEqualTo("00-ab");
        assertThat(ReplayHeaders.number(letter.headers(), DeadLetterHeaders.ATTEMPTS))
                .isEqualTo(1);
    }

    private static ConsumerRecord<byte[], byte[]> read(ProducerRecord<byte[], byte[]> sent) {
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                5,
                sent.timestamp(),
                TimestampType.CREATE_TIME,
                -1,
                -1,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }

    private static SourceRecord record(Schema keySchema, Object key, Schema valueSchema, Object value) {
        return new SourceRecord(Map.of(), Map.of(), "raw.house.readings", null, keySchema, key, valueSchema, value);
    }
}
