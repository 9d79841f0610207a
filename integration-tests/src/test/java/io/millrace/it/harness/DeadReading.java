package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A dead letter of the pipeline {@code outage}, whose records all have a number. */
public record DeadReading(long id, String stage, String rule, String code) {
    private static final Pattern ID = Pattern.compile("\"id\": ?(\\d+)");

    static DeadReading of(ConsumerRecord<byte[], byte[]> letter) {
        String value = letter.value() == null ? "" : new String(letter.value(), StandardCharsets.UTF_8);
        Matcher id = ID.matcher(value);
        assertThat(id.find()).as(value).isTrue();
        return new DeadReading(
                Long.parseLong(id.group(1)),
                TopicCount.header(letter, "millrace.stage"),
                TopicCount.header(letter, "millrace.rule"),
                TopicCount.header(letter, "millrace.error.code"));
    }
}
