package io.millrace.connectors.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends operations until the server has acknowledged or refused each of them. One bulk is under way at a time. Only what failed is sent again; what
 * was sent and not answered too, since the versions make a second time harmless: the server answers 409 to it.
 */
final class BulkWriter {
    private static final Logger LOG = LoggerFactory.getLogger(BulkWriter.class);
    /** For how long nothing may go forward until the worker gets the thread back, to poll, to pause or to stop. */
    private static final Duration STANDSTILL = Duration.ofSeconds(15);
    /** And for how long all of it may take: well below Kafka's max.poll.interval.ms. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** An operation that can never succeed. */
    record Refusal(Operation operation, DataException reason) {}

    /**
     * What became of the operations.
     *
     * @param written that took effect
     * @param known that had taken effect before, or a newer one of the same document had
     */
    record Written(int written, int known, List<Refusal> refused) {}

    /** Waits; {@code Pauses} of tests do not. */
    @FunctionalInterface
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    private final SearchClient client;
    private final Indices indices;
    private final BulkLimits limits;
    private final Backoff backoff;
    private final Clock clock;
    private final Pause pause;

    // of one write
    private final Deque<List<Operation>> waiting = new ArrayDeque<>();
    private final List<Refusal> refused = new ArrayList<>();
    private int written;
    private int known;
    private long beganAt;
    private long forwardAt;

    BulkWriter(SearchClient client, Indices indices, BulkLimits limits, Backoff backoff, Clock clock, Pause pause) {
        this.client = client;
        this.indices = indices;
        this.limits = limits;
        this.backoff = backoff;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * Writes them all.
     *
     * @throws RetriableException when the server does not take them within the time; all of them may be given again
     * @throws ConnectException when the server refuses everything
     */
    Written write(List<Operation> operations) {
        waiting.clear();
        refused.clear();
        written = 0;
        known = 0;
        beganAt = clock.millis();
        forwardAt = beganAt;
        if (!operations.isEmpty()) {
            waiting.push(operations);
        }
        while (!waiting.isEmpty()) {
            List<Operation> next = waiting.pop();
            int count = limits.count(next);
            if (count < next.size()) {
                waiting.push(next.subList(count, next.size()));
            }
            send(next.subList(0, count));
        }
        return new Written(written, known, List.copyOf(refused));
    }

    private void send(List<Operation> bulk) {
        Answer answer;
        try {
            answer = client.bulk(bulk);
        } catch (IOException e) {
            again(bulk, Duration.ZERO, e.getMessage() + ".");
            return;
        }
        if (answer.isGood()) {
            take(bulk, answer);
        } else if (answer.isTransient()) {
            limits.halve();
            again(bulk, answer.retryAfter().orElse(Duration.ZERO), told(answer));
        } else if (answer.status() == 413 || answer.status() == 400) {
            divide(bulk, answer);
        } else {
            throw new ConnectException(told(answer)
                    + (answer.isForbidden()
                            ? " Correct the credentials, or allow their owner to write to the index."
                            : " Check that 'url' is that of an OpenSearch or Elasticsearch."));
        }
    }

    /** Too large as a whole, or one of them spoils the form: half as many are tried, down to the one that is to blame. */
    private void divide(List<Operation> bulk, Answer answer) {
        if (bulk.size() > 1) {
            int half = bulk.size() / 2;
            waiting.push(bulk.subList(half, bulk.size()));
            waiting.push(bulk.subList(0, half));
            if (answer.status() == 413) {
                limits.halve();
            }
            return;
        }
        Operation only = bulk.get(0);
        if (Refusals.isOfTheIndex(answer.body().path("error"))) {
            throw Refusals.ofTheIndex(only, answer.body().path("error"));
        }
        refused.add(new Refusal(
                only,
                answer.status() == 413
                        ? Refusals.tooLarge(only)
                        : Refusals.of(only, answer.body().path("error"))));
        forwardAt = clock.millis();
    }

    private void take(List<Operation> bulk, Answer answer) {
        JsonNode items = answer.body().path("items");
        if (items.size() != bulk.size()) {
            again(
                    bulk,
                    Duration.ZERO,
                    answer.node() + " answered for " + items.size() + " of " + bulk.size() + " operations.");
            return;
        }
        List<Operation> failed = new ArrayList<>();
        String reason = "";
        for (int i = 0; i < bulk.size(); i++) {
            JsonNode item = items.get(i).elements().next();
            if (takeItem(bulk.get(i), item)) {
                failed.add(bulk.get(i));
                reason = Refusals.reason(item.path("error"));
            }
        }
        if (failed.size() < bulk.size()) {
            forwardAt = clock.millis();
            backoff.reset();
        }
        if (failed.isEmpty()) {
            limits.grow();
        } else {
            limits.halve();
            again(failed, Duration.ZERO, answer.node() + " is overloaded or not whole: " + reason + ".");
        }
    }

    /** Whether it is to be sent again. */
    private boolean takeItem(Operation operation, JsonNode item) {
        int status = item.path("status").asInt();
        JsonNode error = item.path("error");
        if (error.isMissingNode()) {
            // 404 of a delete: there was none, and now its version is remembered
            written++;
            return false;
        }
        String type = error.path("type").asText("");
        if (status == 409) {
            known++;
            return false;
        }
        if (status == 429 || status >= 500 || type.equals("cluster_block_exception")) {
            return true;
        }
        if (type.equals("index_not_found_exception")) {
            indices.forget(operation.index());
            throw new RetriableException("The index '" + operation.index() + "' is gone.");
        }
        if (status == 401 || status == 403) {
            throw new ConnectException("The index '" + operation.index() + "' cannot be written: "
                    + Refusals.reason(error) + ". Allow the owner of the credentials to write to it.");
        }
        if (Refusals.isOfTheIndex(error)) {
            throw Refusals.ofTheIndex(operation, error);
        }
        refused.add(new Refusal(operation, Refusals.of(operation, error)));
        return false;
    }

    private void again(List<Operation> operations, Duration atLeast, String why) {
        long now = clock.millis();
        boolean stands = now - forwardAt >= STANDSTILL.toMillis();
        if (stands || now - beganAt >= LONGEST.toMillis()) {
            throw new RetriableException(
                    "Operations from " + operations.get(0).place() + " on are not written: " + why);
        }
        waiting.push(operations);
        Duration wait = backoff.next(atLeast);
        LOG.debug("sending again (operations={}, wait={}, error={})", operations.size(), wait, why);
        try {
            pause.of(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("Interrupted while the search server was waited for: " + why, e);
        }
    }

    private static String told(Answer answer) {
        return answer.node() + " answers with HTTP status " + answer.status() + ": " + answer.reason() + ".";
    }
}
