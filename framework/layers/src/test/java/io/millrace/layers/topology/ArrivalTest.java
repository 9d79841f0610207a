package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ArrivalTest {
    private final Arrival arrival = new Arrival();

    @Test
    void isTheRecordsOwnTimestamp() {
        assertThat(arrival.extract(record(5), 9)).isEqualTo(5);
    }

    @Test
    void isThatOfTheNewestBeforeForARecordWithoutOne() {
        assertThat(arrival.extract(record(-1), 9)).isEqualTo(9);
        assertThat(arrival.extract(record(-1), -1)).isZero();
    }

    private static ConsumerRecord<Object, Object> record(long timestamp) {
        return new ConsumerRecord<>(
                "t",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                new Object(),
                new Object(),
                new RecordHeaders(),
                Optional.empty());
    }
}
