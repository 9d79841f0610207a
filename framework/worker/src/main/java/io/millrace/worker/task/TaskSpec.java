package io.millrace.worker.task;

import io.millrace.plugin.discovery.PluginClass;
import io.millrace.worker.client.TopicCreator;
import io.millrace.worker.fault.DeadLetterTopic;
import io.millrace.worker.fault.ErrorPolicy;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * A task to run.
 *
 * @param connector the connector's name
 * @param task from 0
 * @param taskClass of the connector's plugin
 * @param connectorConfig as the user gave it: converters, transforms, errors, client overrides
 * @param taskConfig as the connector's {@code taskConfigs} gave it, with {@code task.class} and the sink's topics
 */
public record TaskSpec(
        String connector,
        int task,
        PluginClass<Task> taskClass,
        Map<String, String> connectorConfig,
        Map<String, String> taskConfig) {
    public TaskSpec {
        connectorConfig = Map.copyOf(connectorConfig);
        // Not Map.copyOf: a connector may give its tasks null values.
        taskConfig = Collections.unmodifiableMap(new HashMap<>(taskConfig));
    }

    public ClassLoader loader() {
        return taskClass.loader();
    }

    public boolean isSource() {
        return SourceTask.class.isAssignableFrom(taskClass.type());
    }

    /** Configurations may hold secrets, so they are not shown. */
    @Override
    public String toString() {
        return "TaskSpec[" + place() + "]";
    }

    /** {@code 'shopdb-0'}, for messages. */
    String place() {
        return "'" + connector + "-" + task + "'";
    }

    /** {@code source:<name>} or {@code sink:<name>}: the one of the pipeline, else the connector's name stands for it. */
    String stage() {
        return connectorConfig.getOrDefault("millrace.stage", (isSource() ? "source:" : "sink:") + connector);
    }

    /** Makes the dead letter topic where it is missing; null where the policy has none. */
    @Nullable
    DeadLetterTopic deadLetters(ErrorPolicy policy, Admin admin) {
        if (!policy.hasDeadLetters()) {
            return null;
        }
        DeadLetterTopic topic = new DeadLetterTopic(
                policy.deadLetterTopic().orElseThrow(),
                policy.deadLetterReplication(),
                connector,
                task,
                connectorConfig.getOrDefault("millrace.pipeline", ""),
                stage());
        TopicCreator.create(admin, topic.definition());
        return topic;
    }
}
