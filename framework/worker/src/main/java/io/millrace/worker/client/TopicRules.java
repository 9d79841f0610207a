package io.millrace.worker.client;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/**
 * How the topics of a source are made where they are missing (KIP-158): as the first of {@code topic.creation.groups} says that includes the topic
 * and does not exclude it, else as the group {@code default} says, else with the broker's own defaults. Partitions and replication factor that a group
 * does not set are those of {@code default}; its other settings are the topic's. Immutable.
 */
public final class TopicRules {
    private static final String PREFIX = "topic.creation.";
    private static final String DEFAULT = "default";
    private static final Pattern NOTHING = Pattern.compile("(?!)");
    private static final String PARTITIONS = "partitions";
    private static final String REPLICATION = "replication.factor";
    private static final Set<String> NOT_OF_THE_TOPIC = Set.of("include", "exclude", PARTITIONS, REPLICATION);

    private final List<Group> groups;
    private final Group defaults;

    private record Group(Pattern include, Pattern exclude, Map<String, String> settings) {
        boolean takes(String topic) {
            return include.matcher(topic).matches() && !exclude.matcher(topic).matches();
        }
    }

    private TopicRules(List<Group> groups, Group defaults) {
        this.groups = groups;
        this.defaults = defaults;
    }

    /**
     * From {@code topic.creation.*}.
     *
     * @throws IllegalArgumentException where an include or exclude is no regular expression, or a number of a group is none; those of the default are
     *     checked before
     */
    public static TopicRules from(Map<String, String> connectorConfig) {
        List<Group> groups = words(connectorConfig.get(PREFIX + "groups"))
                .map(alias -> group(alias, connectorConfig))
                .toList();
        groups.forEach(TopicRules::checkNumbers);
        return new TopicRules(groups, group(DEFAULT, connectorConfig));
    }

    /** Told now, not by the first topic. */
    private static void checkNumbers(Group group) {
        Optional.ofNullable(group.settings().get(PARTITIONS)).ifPresent(Integer::parseInt);
        Optional.ofNullable(group.settings().get(REPLICATION)).ifPresent(Short::parseShort);
    }

    private static Group group(String alias, Map<String, String> config) {
        String prefix = PREFIX + alias + ".";
        Map<String, String> settings = new HashMap<>();
        config.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                settings.put(key.substring(prefix.length()), value.strip());
            }
        });
        return new Group(anyOf(settings.get("include")), anyOf(settings.get("exclude")), Map.copyOf(settings));
    }

    private static Pattern anyOf(@Nullable String list) {
        String any = words(list).collect(Collectors.joining("|"));
        return any.isEmpty() ? NOTHING : Pattern.compile(any);
    }

    private static Stream<String> words(@Nullable String list) {
        return list == null
                ? Stream.of()
                : Arrays.stream(list.split(",")).map(String::strip).filter(word -> !word.isEmpty());
    }

    /** The topic, as it is to be made. */
    NewTopic topic(String name) {
        Group group =
                groups.stream().filter(each -> each.takes(name)).findFirst().orElse(defaults);
        Map<String, String> configs = new HashMap<>(group.settings());
        configs.keySet().removeAll(NOT_OF_THE_TOPIC);
        return new NewTopic(
                        name,
                        setting(group, PARTITIONS).map(Integer::valueOf).filter(count -> count > 0),
                        setting(group, REPLICATION).map(Short::valueOf).filter(factor -> factor > 0))
                .configs(configs);
    }

    private Optional<String> setting(Group group, String key) {
        return Optional.ofNullable(group.settings().get(key))
                .or(() -> Optional.ofNullable(defaults.settings().get(key)));
    }
}
