package io.millrace.pipeline;

import io.millrace.api.ConnectorShorthand.Role;
import io.millrace.pipeline.model.ErrorPolicy;
import io.millrace.pipeline.model.PipelineModel;
import io.millrace.pipeline.model.SectionModel;
import io.millrace.pipeline.plan.PipelinePlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Completes a connector's own configuration with what the pipeline knows: name, topics, converters, transforms, errors. */
final class ConnectorConfigs {
    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

    private final PipelineModel model;
    private final String deadLetterTopic;

    ConnectorConfigs(PipelineModel model, String deadLetterTopic) {
        this.model = model;
        this.deadLetterTopic = deadLetterTopic;
    }

    /**
     * The whole configuration. What the connector's own configuration sets stays, except name, class, topics and the framework's keys.
     *
     * @param own from the short type, or as the user wrote it
     * @param topics that a sink reads
     * @param bytes whether values are bytes
     * @param transforms resolved, each with {@code class}
     */
    Map<String, String> complete(
            SectionModel section,
            String connectorClass,
            Map<String, String> own,
            List<String> topics,
            boolean bytes,
            List<Map<String, String>> transforms) {
        Map<String, String> config = new LinkedHashMap<>(own);
        config.put("name", model.name().value() + "." + section.name());
        config.put("connector.class", connectorClass);
        section.tasks().ifPresent(tasks -> config.put("tasks.max", String.valueOf(tasks)));
        config.putIfAbsent("tasks.max", "1");
        converter("key.converter", false, false, config);
        converter("value.converter", bytes, true, config);
        if (section.role() == Role.SINK) {
            config.put("topics", String.join(",", topics));
        }
        config.put(
                "millrace.replay.topic", PipelinePlan.replayTopic(model.name().value()));
        transforms(transforms, config);
        errors(section.onError().over(model.defaults().onError()), config);
        config.put("millrace.pipeline", model.name().value());
        config.put("millrace.stage", section.stage());
        return config;
    }

    private static void converter(String prefix, boolean bytes, boolean schemas, Map<String, String> config) {
        if (config.containsKey(prefix)) {
            return;
        }
        config.put(prefix, bytes ? BYTES : JSON);
        if (!bytes) {
            config.putIfAbsent(prefix + ".schemas.enable", String.valueOf(schemas));
            config.putIfAbsent(prefix + ".decimal.format", "NUMERIC");
            // a column default must not take the place of a null that is there
            config.putIfAbsent(prefix + ".replace.null.with.default", "false");
        }
    }

    /** Their names are the rules of dead letters, and are as the problems of the file name them: by place, from 1, and type. */
    private static void transforms(List<Map<String, String>> transforms, Map<String, String> config) {
        if (transforms.isEmpty()) {
            return;
        }
        StringBuilder names = new StringBuilder(config.getOrDefault("transforms", ""));
        int number = 1;
        for (Map<String, String> transform : transforms) {
            String name = "transforms[" + number++ + "]." + typeOf(transform.getOrDefault("class", ""));
            names.append(names.length() == 0 ? "" : ",").append(name);
            for (String key : new TreeSet<>(transform.keySet())) {
                String suffix = key.equals("class") ? "type" : key;
                config.put("transforms." + name + "." + suffix, transform.getOrDefault(key, ""));
            }
        }
        config.put("transforms", names.toString());
    }

    /** Of {@code org.example.Mask$Value} it is {@code Mask}: what people call it. */
    private static String typeOf(String className) {
        String simple = className.strip().substring(className.strip().lastIndexOf('.') + 1);
        int nested = simple.indexOf('$');
        return nested > 0 ? simple.substring(0, nested) : simple;
    }

    private void errors(ErrorPolicy policy, Map<String, String> config) {
        switch (policy.thenOrDefault()) {
            case STOP -> config.put("errors.tolerance", "none");
            case SKIP -> {
                config.put("errors.tolerance", "all");
                config.put("millrace.skip", "true");
            }
            case DEAD_LETTER -> {
                config.put("errors.tolerance", "all");
                config.put("errors.deadletterqueue.topic.name", deadLetterTopic);
                config.put("errors.deadletterqueue.context.headers.enable", "true");
                config.put(
                        "errors.deadletterqueue.topic.replication.factor",
                        String.valueOf(model.defaults().topic().replication()));
            }
        }
        policy.stopIf().ifPresent(stop -> {
            config.put("millrace.stop_if.percent", String.valueOf(stop.percent()));
            config.put(
                    "millrace.stop_if.window.ms", String.valueOf(stop.window().toMillis()));
        });
        ErrorPolicy.Backoff backoff = policy.backoff().orElse(ErrorPolicy.Backoff.BUILT_IN);
        policy.retry().ifPresent(tries -> {
            config.put(
                    "errors.retry.timeout", String.valueOf(backoff.total(tries).toMillis()));
            config.put(
                    "errors.retry.delay.max.ms",
                    String.valueOf(backoff.longest().toMillis()));
        });
    }
}
