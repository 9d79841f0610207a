package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;

/** Answers with what a future brings. */
final class Replies {
    private Replies() {}

    /** What a client is told of what went wrong with a log. */
    static Errors error(Throwable e) {
        // what touching a memory-mapped file is whose disk fails
        return e instanceof InternalError ? Errors.KAFKA_STORAGE_ERROR : Errors.forException(e);
    }

    /** Answers the exchange with the future's value, or with its failure as the API's error. */
    static <T> void reply(Exchange exchange, CompletableFuture<T> future, Function<T, AbstractResponse> response) {
        future.thenAccept(value -> exchange.answer(response.apply(value))).exceptionally(e -> {
            exchange.answerError(e);
            return null;
        });
    }
}
