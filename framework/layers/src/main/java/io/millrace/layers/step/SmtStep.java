package io.millrace.layers.step;

import io.millrace.pipeline.step.Smt;
import io.millrace.plugin.record.TransformChain;
import io.millrace.plugin.record.TransformFailure;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Runs a Kafka Connect transform on the record. Only the value is taken from what it gives: key, topic and headers of a layer record are
 * the pipeline's. The key is shown to it as JSON text.
 */
final class SmtStep implements RecordStep {
    private final Smt declaration;
    private final TransformChain<SinkRecord> chain;

    SmtStep(Smt declaration, TransformChain<SinkRecord> chain) {
        this.declaration = declaration;
        this.chain = chain;
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        SinkRecord output;
        try {
            output = chain.apply(connectRecord(input));
        } catch (TransformFailure e) {
            return new Outcome.Failed(name(), name(), "smt.failed", String.valueOf(e.getMessage()), e.getCause());
        }
        if (output == null) {
            return new Outcome.Dropped(name(), true);
        }
        return input.with(output.valueSchema(), output.value());
    }

    private static SinkRecord connectRecord(StepRecord input) {
        StepRecord.Source source = input.source();
        Bytes key = source.key();
        ConnectHeaders headers = headers(source.headers());
        return new SinkRecord(
                source.place().topic(),
                Math.max(0, source.place().partition()),
                key == null ? null : Schema.STRING_SCHEMA,
                key == null ? null : new String(key.get(), StandardCharsets.UTF_8),
                input.schema(),
                input.value(),
                Math.max(0, source.place().offset()),
                source.timestamp(),
                TimestampType.CREATE_TIME,
                headers);
    }

    private static ConnectHeaders headers(Headers kafka) {
        ConnectHeaders headers = new ConnectHeaders();
        for (Header header : kafka) {
            headers.add(header.key(), header.value(), Schema.OPTIONAL_BYTES_SCHEMA);
        }
        return headers;
    }

    @Override
    public void close() {
        chain.close();
    }
}
