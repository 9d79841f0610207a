package io.millrace.connectors.iothttp;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One request and its answer, which is given once by whoever comes first. Any thread. */
final class Exchange {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Budget budget;
    private final Executor executor;
    private long held;
    private boolean answered;
    private @Nullable Submission submission;
    private long deadlineNanos;
    private long waitingSinceNanos;

    /** @param deadlineNanos until when the body must have come */
    Exchange(
            Request request,
            Response response,
            Callback callback,
            Budget budget,
            Executor executor,
            long deadlineNanos) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.budget = budget;
        this.executor = executor;
        this.deadlineNanos = deadlineNanos;
    }

    Request request() {
        return request;
    }

    /** Answers false when so many bytes more may not be held. */
    synchronized boolean hold(long bytes) {
        if (answered || !budget.take(bytes)) {
            return false;
        }
        held += bytes;
        return true;
    }

    synchronized void letGo() {
        budget.giveBack(held);
        held = 0;
    }

    /** The body is there; its records wait to be durable. To be called before anyone else sees the submission. */
    synchronized void waiting(Submission waiting, long nowNanos, long untilNanos) {
        submission = waiting;
        waitingSinceNanos = nowNanos;
        deadlineNanos = untilNanos;
    }

    /** Empty while the body is being read. */
    synchronized Optional<Submission> submission() {
        return Optional.ofNullable(submission);
    }

    synchronized boolean isLate(long nowNanos) {
        return !answered && nowNanos - deadlineNanos > 0;
    }

    /** For how long its records have waited; 0 while the body is being read. */
    synchronized long waitedNanos(long nowNanos) {
        return answered || submission == null ? 0 : nowNanos - waitingSinceNanos;
    }

    synchronized boolean isAnswered() {
        return answered;
    }

    /** Answers on a thread of the server, for callers that must not touch a socket. */
    void answerLater(Reply reply) {
        try {
            executor.execute(() -> answer(reply));
        } catch (RejectedExecutionException e) {
            // The server is stopping and has no threads any more.
            answer(reply);
        }
    }

    void answer(Reply reply) {
        if (!claim()) {
            return;
        }
        response.setStatus(reply.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        reply.headers().forEach(header -> response.getHeaders().put(header.name(), header.value()));
        if (reply.close()) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        response.write(true, ByteBuffer.wrap(reply.body()), callback);
    }

    /** The connection broke. */
    void broken(Throwable failure) {
        if (claim()) {
            callback.failed(failure);
        }
    }

    private synchronized boolean claim() {
        if (answered) {
            return false;
        }
        answered = true;
        letGo();
        return true;
    }
}
