package io.millrace.broker.request;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the internal topics that Streams applications need. A topic that could not be created is not tried again for two heartbeats, in which
 * the reason is told. Thread-safe.
 */
final class StreamsTopics {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsTopics.class);
    private static final int MAX_TOLD = 3;
    private static final int MAX_KEPT = 1000;

    private final Services services;
    private final boolean clamp;
    private final Set<String> underWay = new HashSet<>();
    private final Map<String, Failure> failed = new HashMap<>();

    private record Failure(String reason, long until) {}

    StreamsTopics(Services services) {
        this.services = services;
        Object wanted = services.config().originals().getOrDefault(TopicApis.CLAMP, "true");
        this.clamp = Boolean.parseBoolean(wanted.toString());
    }

    void create(RequestContext sender, String group, Collection<CreatableTopic> topics) {
        List<CreatableTopic> wanted = claim(topics);
        if (wanted.isEmpty()) {
            return;
        }
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        wanted.forEach(topic ->
                request.topics().add(clamp ? topic.duplicate().setReplicationFactor((short) 1) : topic.duplicate()));
        Set<String> names = wanted.stream().map(CreatableTopic::name).collect(Collectors.toSet());
        services.metadata()
                .controller()
                .createTopics(
                        new ControllerRequestContext(sender.header.data(), sender.principal, OptionalLong.empty()),
                        request,
                        names,
                        true)
                .whenComplete((response, e) ->
                        ended(names, e == null ? reasons(response) : reasons(names, e), 2L * heartbeatMillis(group)));
    }

    private static Map<String, String> reasons(Set<String> names, Throwable e) {
        LOG.atWarn()
                .setCause(e)
                .addKeyValue("topics", names)
                .log("Topics of a Streams application could not be created");
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        return names.stream().collect(Collectors.toMap(name -> name, name -> reason));
    }

    private static Map<String, String> reasons(CreateTopicsResponseData response) {
        Map<String, String> reasons = new HashMap<>();
        response.topics().stream()
                .filter(result -> result.errorCode() != Errors.NONE.code())
                .forEach(result -> reasons.put(
                        result.name(),
                        result.errorMessage() == null || result.errorMessage().isEmpty()
                                ? Errors.forCode(result.errorCode()).message()
                                : result.errorMessage()));
        return reasons;
    }

    private synchronized List<CreatableTopic> claim(Collection<CreatableTopic> topics) {
        forget();
        return topics.stream()
                .filter(topic -> !failed.containsKey(topic.name()) && underWay.add(topic.name()))
                .toList();
    }

    private synchronized void ended(Set<String> names, Map<String, String> failures, long millis) {
        underWay.removeAll(names);
        long until = services.time().milliseconds() + millis;
        failures.forEach((name, reason) -> {
            if (failed.size() < MAX_KEPT) {
                failed.put(name, new Failure(reason, until));
            }
        });
    }

    /** Why some of these topics could not be created lately; empty if none. */
    synchronized String failures(Set<String> names) {
        forget();
        List<String> told = names.stream()
                .filter(failed::containsKey)
                .map(name -> name + " (" + reason(name) + ")")
                .toList();
        String first = told.stream().limit(MAX_TOLD).collect(Collectors.joining(", "));
        return told.size() > MAX_TOLD ? first + " and " + (told.size() - MAX_TOLD) + " more" : first;
    }

    private String reason(String name) {
        Failure failure = failed.get(name);
        return failure == null ? "" : failure.reason();
    }

    private void forget() {
        long now = services.time().milliseconds();
        failed.values().removeIf(failure -> failure.until() <= now);
    }

    private int heartbeatMillis(String group) {
        Properties own = services.metadata()
                .image()
                .configs()
                .configProperties(new ConfigResource(ConfigResource.Type.GROUP, group));
        String millis = own.getProperty(GroupConfig.STREAMS_HEARTBEAT_INTERVAL_MS_CONFIG);
        return millis == null
                ? services.config().getInt(GroupCoordinatorConfig.STREAMS_GROUP_HEARTBEAT_INTERVAL_MS_CONFIG)
                : Integer.parseInt(millis.trim());
    }
}
