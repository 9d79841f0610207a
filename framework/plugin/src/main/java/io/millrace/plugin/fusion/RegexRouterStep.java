package io.millrace.plugin.fusion;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.RegexRouter;
import org.jspecify.annotations.Nullable;

/** Another topic. What the last topic became is kept, as records of one topic come one after another; owned by the chain's thread. */
final class RegexRouterStep implements FusedStep {
    private final Pattern regex;
    private final String replacement;
    private String lastTopic = "";
    private @Nullable String lastRouted;

    RegexRouterStep(Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(RegexRouter.CONFIG_DEF, config, false);
        this.regex = Pattern.compile(values.getString("regex"));
        this.replacement = values.getString("replacement");
    }

    @Override
    public Set<Side> sides() {
        return Set.of();
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Expression topic = draft.topic();
        draft.topic(topic.then(this::route));
    }

    private String route(@Nullable Object topic) {
        if (!(topic instanceof String name)) {
            throw NotFused.here();
        }
        String routed = lastRouted;
        if (routed == null || !name.equals(lastTopic)) {
            Matcher matcher = regex.matcher(name);
            routed = matcher.matches() ? matcher.replaceFirst(replacement) : name;
            lastTopic = name;
            lastRouted = routed;
        }
        return routed;
    }
}
