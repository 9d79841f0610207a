package io.millrace.connectors.common;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/** Headers as text, whatever converter read them. */
public final class HeaderText {

    private HeaderText() {}

    /** The last header of the name; empty where there is none, or it is null. */
    public static Optional<String> of(SinkRecord record, String name) {
        Header header = record.headers().lastWithName(name);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        return Optional.of(
                header.value() instanceof byte[] bytes
                        ? new String(bytes, StandardCharsets.UTF_8)
                        : header.value().toString());
    }
}
