package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.network.RequestHandler;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.feature.Features;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.controller.QuorumFeatures;
import org.apache.kafka.server.common.FinalizedFeatures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each request to the handler of its API key, and tells clients which there are. */
public final class Dispatcher implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    /** Before this version clients fail on features whose lowest level is 0. */
    private static final short FEATURE_LEVEL_0_SINCE = 4;

    private final Services services;
    private final Map<ApiKeys, Api> apis;
    private final List<Consumer<String>> onDisconnect = new CopyOnWriteArrayList<>();

    /** @param apis a handler for each API key that is served, API_VERSIONS excepted */
    public Dispatcher(Services services, Map<ApiKeys, Api> apis) {
        this.services = services;
        this.apis = new EnumMap<>(apis);
        this.apis.put(ApiKeys.API_VERSIONS, this::versions);
    }

    /** The API keys that are served. */
    public Set<ApiKeys> keys() {
        return Set.copyOf(apis.keySet());
    }

    /** Adds somebody who wants to know which connections end. */
    public void onDisconnect(Consumer<String> listener) {
        onDisconnect.add(listener);
    }

    @Override
    public void handle(Exchange exchange) {
        ApiKeys key = exchange.context().header.apiKey();
        Api api = apis.get(key);
        if (api == null) {
            exchange.answerError(new UnsupportedVersionException(key + " is not served"));
            return;
        }
        try {
            api.handle(exchange);
        } catch (Throwable e) {
            if (Errors.forException(e) == Errors.UNKNOWN_SERVER_ERROR) {
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("api", key)
                        .addKeyValue("version", exchange.context().apiVersion())
                        .addKeyValue("client", exchange.context().header.clientId())
                        .log("A request could not be handled");
            }
            exchange.answerError(e);
        }
    }

    @Override
    public boolean serves(ApiKeys api, short version) {
        return apis.containsKey(api) && api.isVersionEnabled(version, false);
    }

    private void versions(Exchange exchange) {
        ApiVersionsRequest request = exchange.request(ApiVersionsRequest.class);
        if (request.hasUnsupportedRequestVersion()) {
            exchange.answerError(Errors.UNSUPPORTED_VERSION.exception());
        } else if (!request.isValid()) {
            exchange.answerError(Errors.INVALID_REQUEST.exception());
        } else {
            exchange.answer(served(exchange.context().apiVersion()));
        }
    }

    @Override
    public ApiVersionsResponse served(short version) {
        ApiVersionCollection versions = new ApiVersionCollection();
        // as a broker's response: librdkafka insists on a version of produce that is not served any more (KAFKA-18659)
        apis.keySet().forEach(key -> key.toApiVersionForApiResponse(false, ListenerType.BROKER)
                .ifPresent(versions::add));
        Map<String, SupportedVersionRange> supported = new java.util.HashMap<>();
        QuorumFeatures.defaultSupportedFeatureMap(false)
                .forEach((name, range) -> supported.put(name, new SupportedVersionRange(range.min(), range.max())));
        FinalizedFeatures features = services.metadata().cache().features();
        return new ApiVersionsResponse.Builder()
                .setApiVersions(versions)
                .setSupportedFeatures(Features.supportedFeatures(supported))
                .setFinalizedFeatures(features.finalizedFeatures())
                .setFinalizedFeaturesEpoch(features.finalizedFeaturesEpoch())
                .setAlterFeatureLevel0(version < FEATURE_LEVEL_0_SINCE)
                .build();
    }

    @Override
    public void disconnected(String connectionId) {
        onDisconnect.forEach(listener -> listener.accept(connectionId));
    }
}
