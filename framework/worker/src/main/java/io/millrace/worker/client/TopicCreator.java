package io.millrace.worker.client;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates a topic the first time a task names it, as the connector's {@link TopicRules} say. A topic that is there stays as it is. Owned by
 * one task thread; the admin client is shared.
 */
public final class TopicCreator {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCreator.class);
    private static final long TIMEOUT_SECONDS = 30;

    private final Admin admin;
    private final TopicRules rules;
    private final Set<String> known = new HashSet<>();

    public TopicCreator(Admin admin, Map<String, String> connectorConfig) {
        this.admin = admin;
        this.rules = TopicRules.from(connectorConfig);
    }

    /**
     * Makes sure that the topic is there; asks the broker once per topic.
     *
     * @throws ConnectException when it is not there and cannot be created
     */
    public void ensure(String topic) {
        if (!known.contains(topic)) {
            create(admin, rules.topic(topic));
            known.add(topic);
        }
    }

    /**
     * Creates the topic where it is missing.
     *
     * @throws ConnectException when the broker refuses or does not answer within 30 s
     */
    public static void create(Admin admin, NewTopic topic) {
        if (exists(admin, topic.name())) {
            return;
        }
        try {
            admin.createTopics(List.of(topic)).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            LOG.atInfo().addKeyValue("topic", topic.name()).log("topic created");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw failure(topic.name(), causeOf(e));
            }
        } catch (TimeoutException e) {
            throw failure(topic.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(topic.name(), e);
        }
    }

    private static boolean exists(Admin admin, String topic) {
        try {
            admin.describeTopics(List.of(topic)).allTopicNames().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException
                    && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw failure(topic, causeOf(e));
            }
            return false;
        } catch (TimeoutException e) {
            throw failure(topic, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(topic, e);
        }
    }

    private static Throwable causeOf(ExecutionException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    private static ConnectException failure(String topic, Throwable cause) {
        return new ConnectException(
                "Topic '" + topic + "' could not be found or created: " + cause.getMessage(), cause);
    }
}
