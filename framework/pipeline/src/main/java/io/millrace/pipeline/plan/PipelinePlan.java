package io.millrace.pipeline.plan;

import io.millrace.pipeline.model.StreamName;
import java.util.List;

/**
 * All of one pipeline.
 *
 * @param pipeline its name
 * @param file the YAML, as the user named it
 * @param raw what the sources write
 * @param streams what the layers make; each after its inputs and after the tables it looks up
 * @param connectors sources, then sinks
 * @param topics of all streams, their late records, and the dead letters
 * @param deadLetterTopic {@code deadletter.<pipeline>}
 */
public record PipelinePlan(
        String pipeline,
        String file,
        List<RawStreamPlan> raw,
        List<StreamPlan> streams,
        List<ConnectorPlan> connectors,
        List<TopicPlan> topics,
        String deadLetterTopic) {
    public PipelinePlan {
        raw = List.copyOf(raw);
        streams = List.copyOf(streams);
        connectors = List.copyOf(connectors);
        topics = List.copyOf(topics);
    }

    /** Where the records go that come too late for a stream's windows. */
    public static String lateTopic(String pipeline, StreamName stream) {
        return "late." + pipeline + "." + stream;
    }
}
