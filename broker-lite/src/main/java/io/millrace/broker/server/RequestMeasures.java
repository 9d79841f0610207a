package io.millrace.broker.server;

import io.millrace.broker.measure.Distribution;
import io.millrace.broker.measure.Measures;
import io.millrace.broker.measure.Meter;
import io.millrace.broker.measure.Name;
import io.millrace.broker.network.Exchange;
import io.millrace.broker.network.RequestHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.FetchRequest;

/**
 * Counts and times requests by what they ask for, as Kafka's {@code RequestMetrics}. An API has its measures from its first request on. Thread-safe.
 */
final class RequestMeasures implements RequestHandler {
    private static final String CONSUMERS_FETCH = "FetchConsumer";

    private final RequestHandler handler;
    private final Measures measures;
    private final Map<String, OfApi> apis = new ConcurrentHashMap<>();

    private record OfApi(
            String name,
            Distribution totalTime,
            Distribution bytes,
            Map<Short, Meter> requests,
            Map<Errors, Meter> errors) {}

    RequestMeasures(RequestHandler handler, Measures measures) {
        this.handler = handler;
        this.measures = measures;
    }

    @Override
    public void handle(Exchange exchange) {
        for (OfApi api : of(exchange)) {
            api.requests()
                    .computeIfAbsent(exchange.context().header.apiVersion(), version -> requests(api, version))
                    .mark();
            api.bytes().record(exchange.bytes());
        }
        handler.handle(exchange);
    }

    @Override
    public void answered(Exchange exchange, AbstractResponse response) {
        handler.answered(exchange, response);
        OfApi api = of(exchange.context().header.apiKey().name);
        response.errorCounts()
                .forEach((error, count) ->
                        api.errors().computeIfAbsent(error, e -> errors(api, e)).mark(count));
    }

    @Override
    public void ended(Exchange exchange, long nanos) {
        handler.ended(exchange, nanos);
        for (OfApi api : of(exchange)) {
            api.totalTime().record(TimeUnit.NANOSECONDS.toMicros(nanos));
        }
    }

    private List<OfApi> of(Exchange exchange) {
        ApiKeys key = exchange.context().header.apiKey();
        boolean consumers = exchange.request() instanceof FetchRequest fetch && !fetch.isFromFollower();
        return consumers ? List.of(of(key.name), of(CONSUMERS_FETCH)) : List.of(of(key.name));
    }

    private OfApi of(String api) {
        OfApi known = apis.get(api);
        return known != null ? known : apis.computeIfAbsent(api, this::made);
    }

    private OfApi made(String api) {
        return new OfApi(
                api,
                measures.times(name("TotalTimeMs").with("request", api)),
                measures.sizes(name("RequestBytes").with("request", api)),
                new ConcurrentHashMap<>(),
                new ConcurrentHashMap<>());
    }

    private Meter requests(OfApi api, short version) {
        Name name = name("RequestsPerSec").with("request", api.name()).with("version", Short.toString(version));
        return measures.meter(name, "requests");
    }

    private Meter errors(OfApi api, Errors error) {
        Name name = name("ErrorsPerSec").with("request", api.name()).with("error", error.name());
        return measures.meter(name, "requests");
    }

    private static Name name(String name) {
        return Name.of("kafka.network", "RequestMetrics", name);
    }

    @Override
    public boolean serves(ApiKeys api, short version) {
        return handler.serves(api, version);
    }

    @Override
    public ApiVersionsResponse served(short version) {
        return handler.served(version);
    }

    @Override
    public void disconnected(String connectionId) {
        handler.disconnected(connectionId);
    }
}
