package io.millrace.pipeline.plan;

import io.millrace.pipeline.model.StopIf;
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
 * @param stopIf the streams that stop when too many of their records die; connectors have it in their configuration
 */
public record PipelinePlan(
        String pipeline,
        String file,
        List<RawStreamPlan> raw,
        List<StreamPlan> streams,
        List<ConnectorPlan> connectors,
        List<TopicPlan> topics,
        String deadLetterTopic,
        Map<StreamName, StopIf> stopIf) {
    /** A plan of streams that nothing stops. */
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
        stopIf = Map.copyOf(stopIf);
        raw = List.copyOf(raw);
        streams = List.copyOf(streams);
        connectors = List.copyOf(connectors);
        topics = List.copyOf(topics);
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
