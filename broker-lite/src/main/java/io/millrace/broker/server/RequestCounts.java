package io.millrace.broker.server;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.network.RequestHandler;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/** Counts requests by what they ask for. Thread-safe, and no more than an addition for each. */
final class RequestCounts implements RequestHandler {
    private final RequestHandler handler;
    private final Map<ApiKeys, LongAdder> counts = new EnumMap<>(ApiKeys.class);

    RequestCounts(RequestHandler handler) {
        this.handler = handler;
        for (ApiKeys api : ApiKeys.values()) {
            counts.put(api, new LongAdder());
        }
    }

    /** Requests so far, by the name of their API; of those APIs that were asked for. */
    Map<String, Long> totals() {
        Map<String, Long> totals = new TreeMap<>();
        counts.forEach((api, count) -> {
            if (count.sum() > 0) {
                totals.put(api.name, count.sum());
            }
        });
        return totals;
    }

    @Override
    public void handle(Exchange exchange) {
        LongAdder count = counts.get(exchange.context().header.apiKey());
        if (count != null) {
            count.increment();
        }
        handler.handle(exchange);
    }

    @Override
    public void answered(Exchange exchange, AbstractResponse response) {
        handler.answered(exchange, response);
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
