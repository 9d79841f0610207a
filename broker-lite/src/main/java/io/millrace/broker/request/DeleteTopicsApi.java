package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicDeletionDisabledException;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.controller.Controller;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.controller.ResultOrError;
import org.apache.kafka.server.config.ServerConfigs;
import org.jspecify.annotations.Nullable;

/** Deletes topics, by name or by id. */
final class DeleteTopicsApi implements Api {
    private static final short DISABLED_IS_KNOWN_SINCE = 3;

    private final Services services;

    DeleteTopicsApi(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        DeleteTopicsRequestData request =
                exchange.request(DeleteTopicsRequest.class).data();
        if (!services.config().getBoolean(ServerConfigs.DELETE_TOPIC_ENABLE_CONFIG)) {
            throw exchange.context().apiVersion() < DISABLED_IS_KNOWN_SINCE
                    ? new InvalidRequestException("This version does not support topic deletion.")
                    : new TopicDeletionDisabledException();
        }
        Deletion deletion = new Deletion(exchange);
        deletion.read(request);
        Replies.reply(
                exchange,
                deletion.run(TopicApis.context(services, exchange.context(), request.timeoutMs())),
                results -> new DeleteTopicsResponse(new DeleteTopicsResponseData()
                        .setResponses(new DeletableTopicResultCollection(results.iterator()))));
    }

    /** One request; its steps run one after the other, on the controller's thread from the second one on. */
    private final class Deletion {
        private final Exchange exchange;
        private final List<DeletableTopicResult> results = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private final Set<String> namesTwice = new HashSet<>();
        private final Set<Uuid> ids = new HashSet<>();
        private final Set<Uuid> idsTwice = new HashSet<>();
        private final Map<Uuid, String> toDelete = new HashMap<>();

        Deletion(Exchange exchange) {
            this.exchange = exchange;
        }

        void read(DeleteTopicsRequestData request) {
            request.topicNames().forEach(name -> once(name, names, namesTwice));
            request.topics().forEach(topic -> {
                boolean hasId = !topic.topicId().equals(Uuid.ZERO_UUID);
                if (topic.name() != null && hasId) {
                    result(
                            topic.name(),
                            topic.topicId(),
                            new ApiError(Errors.INVALID_REQUEST, "You may not specify both topic name and topic id."));
                } else if (topic.name() != null) {
                    once(topic.name(), names, namesTwice);
                } else if (hasId) {
                    once(topic.topicId(), ids, idsTwice);
                } else {
                    result(
                            null,
                            Uuid.ZERO_UUID,
                            new ApiError(Errors.INVALID_REQUEST, "Neither topic name nor id were specified."));
                }
            });
            ApiError name = new ApiError(Errors.INVALID_REQUEST, "Duplicate topic name.");
            namesTwice.forEach(twice -> result(twice, Uuid.ZERO_UUID, name));
            ApiError id = new ApiError(Errors.INVALID_REQUEST, "Duplicate topic id.");
            idsTwice.forEach(twice -> result(null, twice, id));
        }

        private <T> void once(T value, Set<T> seen, Set<T> twice) {
            if (twice.contains(value) || !seen.add(value)) {
                twice.add(value);
                seen.remove(value);
            }
        }

        CompletableFuture<List<DeletableTopicResult>> run(ControllerRequestContext context) {
            Controller controller = services.metadata().controller();
            return controller
                    .findTopicNames(context, ids)
                    .thenCompose(found -> {
                        found.forEach(this::named);
                        return controller.findTopicIds(context, names);
                    })
                    .thenCompose(found -> {
                        authorize(found);
                        return controller.deleteTopics(context, Set.copyOf(toDelete.keySet()));
                    })
                    .thenApply(deleted -> {
                        deleted.forEach((id, error) -> result(toDelete.get(id), id, error));
                        // an order of their own tells nobody which of the topics exist
                        results.sort(Comparator.comparing(
                                        DeletableTopicResult::name, Comparator.nullsLast(Comparator.naturalOrder()))
                                .thenComparing(DeletableTopicResult::topicId));
                        return results;
                    });
        }

        private void named(Uuid id, ResultOrError<String> found) {
            if (found.isError()) {
                result(null, id, found.error());
            } else {
                toDelete.put(id, found.result());
            }
        }

        private void authorize(Map<String, ResultOrError<Uuid>> found) {
            Set<String> all = new HashSet<>(names);
            all.addAll(toDelete.values());
            boolean any = services.access()
                    .allowed(
                            exchange.context(),
                            AclOperation.DELETE,
                            ResourceType.CLUSTER,
                            Resource.CLUSTER_NAME,
                            false);
            Set<String> describable = any ? all : allowed(AclOperation.DESCRIBE, all);
            Set<String> deletable = any ? all : allowed(AclOperation.DELETE, all);
            toDelete.entrySet().removeIf(entry -> {
                if (deletable.contains(entry.getValue())) {
                    return false;
                }
                String shown = describable.contains(entry.getValue()) ? entry.getValue() : null;
                result(shown, entry.getKey(), new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED));
                return true;
            });
            found.forEach((name, id) -> {
                if (!describable.contains(name)) {
                    result(name, Uuid.ZERO_UUID, new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED));
                } else if (id.isError()) {
                    result(name, Uuid.ZERO_UUID, id.error());
                } else if (deletable.contains(name)) {
                    add(id.result(), name);
                } else {
                    result(name, Uuid.ZERO_UUID, new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED));
                }
            });
        }

        private Set<String> allowed(AclOperation operation, Collection<String> topics) {
            return services.access().allowedNames(exchange.context(), operation, ResourceType.TOPIC, topics, true);
        }

        private void add(Uuid id, String name) {
            if (idsTwice.contains(id) || toDelete.put(id, name) != null) {
                idsTwice.add(id);
                toDelete.remove(id);
                result(
                        name,
                        id,
                        new ApiError(
                                Errors.INVALID_REQUEST,
                                "The provided topic name maps to an ID that was already supplied."));
            }
        }

        private void result(@Nullable String name, Uuid id, ApiError error) {
            results.add(new DeletableTopicResult()
                    .setName(name)
                    .setTopicId(id)
                    .setErrorCode(error.error().code())
                    .setErrorMessage(error.message()));
        }
    }
}
