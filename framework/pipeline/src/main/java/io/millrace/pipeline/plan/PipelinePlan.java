package io.millrace.pipeline.plan;

import io.millrace.pipeline.model.ErrorPolicy;
import io.millrace.pipeline.model.StreamName;
import java.util.List;
import java.util.Map;

/**
 * All of one pipeline.
 *
 * @param pipeline its name
 * @param file the YAML, as the user named it
 * @param raw what the sources write
 * @param streams what the layers make; each after its inputs and after the tables it looks up
 * @param connectors sources, then sinks
 * @param topics of all streams, their late records, the dead letters and their replays
 * @param deadLetterTopic {@code deadletter.<pipeline>}
 * @param onError what becomes of records of the streams that cannot pass; a stream that is not in it has the built-in {@link
 *     ErrorPolicy#NONE}. Connectors have theirs in their configuration
 */
public record PipelinePlan(
        String pipeline,
        String file,
        List<RawStreamPlan> raw,
        List<StreamPlan> streams,
        List<ConnectorPlan> connectors,
        List<TopicPlan> topics,
        String deadLetterTopic,
        Map<StreamName, ErrorPolicy> onError) {
    /** A plan of streams whose records become dead letters. */
    public PipelinePlan(
            String pipeline,
            String file,
            List<RawStreamPlan> raw,
            List<StreamPlan> streams,
            List<ConnectorPlan> connectors,
            List<TopicPlan> topics,
            String deadLetterTopic) {
        this(pipeline, file, raw, streams, connectors, topics, deadLetterTopic, Map.of());
    }

    public PipelinePlan {
        onError = Map.copyOf(onError);
        raw = List.copyOf(raw);
        streams = List.copyOf(streams);
        connectors = List.copyOf(connectors);
        topics = List.copyOf(topics);
    }

    /** What becomes of records of a stream that cannot pass. */
    public ErrorPolicy onError(StreamName stream) {
        return onError.getOrDefault(stream, ErrorPolicy.NONE);
    }

    /** {@code replay.<pipeline>}: where dead letters enter their stages again. */
    public String replayTopic() {
        return replayTopic(pipeline);
    }

    /** {@code replay.<pipeline>}. */
    public static String replayTopic(String pipeline) {
        return "replay." + pipeline;
    }

    /** Where the records go that come too late for a stream's windows. */
    public static String lateTopic(String pipeline, StreamName stream) {
        return "late." + pipeline + "." + stream;
    }
}
