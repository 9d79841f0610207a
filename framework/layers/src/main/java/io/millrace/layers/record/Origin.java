package io.millrace.layers.record;

import io.millrace.plugin.record.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The headers by which a layer record can be followed back to its raw record. */
public final class Origin {
    /** The branch of its stream that a record belongs to. */
    public static final String ROUTE = "millrace.route";

    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    private final byte[] pipeline;
    private final byte[] version;

    public Origin(String pipeline, String version) {
        this.pipeline = pipeline.getBytes(StandardCharsets.UTF_8);
        this.version = version.getBytes(StandardCharsets.UTF_8);
    }

    /** {@code <topic>-<partition>@<offset>}. */
    public static String of(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    /** What the header says; {@link Row#NO_ORIGIN} where there is none. */
    public static String of(Headers headers) {
        Header header = headers.lastHeader(DeadLetterHeaders.ORIGIN);
        return header == null || header.value() == null
                ? Row.NO_ORIGIN
                : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The headers of a layer record; of those it came with only the trace is kept. */
    public Headers headers(String origin, Headers came) {
        RecordHeaders headers = new RecordHeaders();
        if (!origin.isEmpty()) {
            headers.add(DeadLetterHeaders.ORIGIN, origin.getBytes(StandardCharsets.UTF_8));
        }
        headers.add(DeadLetterHeaders.PIPELINE, pipeline);
        headers.add(DeadLetterHeaders.VERSION, version);
        keep(TRACEPARENT, came, headers);
        keep(TRACESTATE, came, headers);
        return headers;
    }

    /** Says which branch a record belongs to. */
    public static void route(Headers headers, String branch) {
        headers.add(ROUTE, branch.getBytes(StandardCharsets.UTF_8));
    }

    private static void keep(String name, Headers came, Headers headers) {
        Header header = came.lastHeader(name);
        if (header != null) {
            headers.add(header);
        }
    }
}
