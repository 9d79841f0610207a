package io.millrace.layers.topology;

import io.millrace.layers.record.Origin;
import io.millrace.layers.record.Row;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/**
 * Lets the records of one branch through. Of a table also deletes, and for a row of another branch a delete: it may have been in this one
 * before.
 */
final class BranchProcessor implements FixedKeyProcessor<Bytes, Row, Row> {
    private final byte[] branch;
    private final boolean isTable;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, Row> context;

    BranchProcessor(String branch, boolean isTable) {
        this.branch = branch.getBytes(StandardCharsets.UTF_8);
        this.isTable = isTable;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, Row> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(FixedKeyRecord<Bytes, Row> entered) {
        Header route = entered.headers().lastHeader(Origin.ROUTE);
        if (route != null && Arrays.equals(branch, route.value())) {
            context.forward(entered);
        } else if (isTable) {
            context.forward(delete(entered));
        }
    }

    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: null deletes
    private static FixedKeyRecord<Bytes, Row> delete(FixedKeyRecord<Bytes, Row> entered) {
        return entered.withValue(null);
    }
}
