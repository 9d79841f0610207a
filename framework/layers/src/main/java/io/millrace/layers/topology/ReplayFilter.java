package io.millrace.layers.topology;

import io.millrace.layers.record.Origin;
import io.millrace.pipeline.model.StreamName;
import io.millrace.plugin.record.ReplayHeaders;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** Takes from the replay topic what one stream read from its input, and passes the others over. */
final class ReplayFilter implements FixedKeyProcessor<Bytes, byte[], byte[]> {
    private final String stages;
    private final String input;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, byte[]> context;

    /** @param input the topic of the stream's input */
    ReplayFilter(StreamName stream, String input) {
        this.stages = stream + ".";
        this.input = input;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, byte[]> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(FixedKeyRecord<Bytes, byte[]> entered) {
        if (takes(entered.headers())) {
            context.forward(entered);
        }
    }

    /** Whether a record on its way through a stream entered it again; after a join its headers may be those of another row. */
    static boolean isOwn(StreamName stream, Headers headers, String origin) {
        String stage = ReplayHeaders.text(headers, ReplayHeaders.STAGE);
        return stage != null && stage.startsWith(stream + ".") && origin.equals(Origin.of(headers));
    }

    boolean takes(Headers headers) {
        String stage = ReplayHeaders.text(headers, ReplayHeaders.STAGE);
        return stage != null
                && stage.startsWith(stages)
                && input.equals(ReplayHeaders.text(headers, ReplayHeaders.TOPIC));
    }
}
