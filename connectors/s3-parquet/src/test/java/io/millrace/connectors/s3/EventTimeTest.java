package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EventTimeTest {
    private static final long ARRIVAL = 1_700_000_000_000L;
    private static final long EVENT = 836_697_600_000L;
    private static final EventTime ORDERED = new EventTime(Optional.of("ordered"));

    static Stream<Arguments> times() {
        return Stream.of(
                Arguments.of(Date.builder().optional().build(), new java.util.Date(EVENT)),
                Arguments.of(Timestamp.builder().optional().build(), new java.util.Date(EVENT)),
                Arguments.of(named(SchemaBuilder.int64(), "io.debezium.time.MicroTimestamp"), EVENT * 1000 + 999),
                Arguments.of(named(SchemaBuilder.int64(), "io.debezium.time.Timestamp"), EVENT),
                Arguments.of(named(SchemaBuilder.int32(), "io.debezium.time.Date"), (int) (EVENT / 86_400_000)));
    }

    @ParameterizedTest
    @MethodSource("times")
    void everyKindOfTimeIsRead(Schema type, Object time) {
        assertThat(ORDERED.of(record(type, time))).isEqualTo(EVENT);
    }

    @ParameterizedTest
    @MethodSource("times")
    void aRecordWithoutItHasItsArrival(Schema type) {
        assertThat(ORDERED.of(record(type, null))).isEqualTo(ARRIVAL);
        assertThat(ORDERED.of(new SinkRecord("t", 0, null, null, null, null, 0, ARRIVAL, TimestampType.CREATE_TIME)))
                .isEqualTo(ARRIVAL);
        assertThat(new EventTime(Optional.empty()).of(record(type, null))).isEqualTo(ARRIVAL);
    }

    @Test
    void aFieldThatIsNoTimeIsExplained() {
        assertThatThrownBy(() -> ORDERED.of(record(Schema.OPTIONAL_STRING_SCHEMA, "1996-07-07")))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "The field 'ordered', which 'event_time' names, is string. Name a date or timestamp, or leave"
                                + " 'event_time' out.");
    }

    @Test
    void aFieldThatIsNotThereIsExplained() {
        SinkRecord text = new SinkRecord("t", 0, null, null, null, "x", 0, ARRIVAL, TimestampType.CREATE_TIME);

        assertThatThrownBy(() -> ORDERED.of(text))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "The value has no field 'ordered', which 'event_time' names. Correct 'event_time' or leave it out.");
    }

    private static SinkRecord record(Schema type, Object time) {
        Schema schema = SchemaBuilder.struct().field("ordered", type).build();
        Struct value = new Struct(schema).put("ordered", time);
        return new SinkRecord("t", 0, null, null, schema, value, 0, ARRIVAL, TimestampType.CREATE_TIME);
    }

    private static Schema named(SchemaBuilder builder, String name) {
        return builder.name(name).optional().build();
    }
}
