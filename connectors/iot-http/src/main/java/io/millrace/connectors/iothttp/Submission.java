package io.millrace.connectors.iothttp;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * The records of one request on their way to be durable: queued, then taken by the task, then committed. It leaves the queue whole. Any
 * thread.
 */
final class Submission {
    /** A record's bytes. */
    record Item(byte @Nullable [] key, byte[] value) {}

    /**
     * What is known of the request; becomes headers.
     *
     * @param receivedAt ISO 8601, UTC
     */
    record Facts(
            String path,
            Optional<String> contentType,
            String client,
            String receivedAt,
            Optional<String> idempotencyKey) {

        ConnectHeaders headers() {
            ConnectHeaders headers = new ConnectHeaders();
            headers.addString("http.path", path);
            contentType.ifPresent(type -> headers.addString("http.content_type", type));
            headers.addString("http.client", client);
            headers.addString("http.received_at", receivedAt);
            idempotencyKey.ifPresent(key -> headers.addString("http.idempotency_key", key));
            return headers;
        }
    }

    /** A record that knows its submission; the worker hands the same object back when it is durable. */
    static final class Posted extends SourceRecord {
        private final Submission submission;

        private Posted(Submission submission, String topic, Item item, ConnectHeaders headers) {
            // No source partition: there is no place to read on from. What was not committed was not answered, and is
            // sent again.
            super(
                    null,
                    null,
                    topic,
                    null,
                    item.key() == null ? null : Schema.OPTIONAL_BYTES_SCHEMA,
                    item.key(),
                    Schema.BYTES_SCHEMA,
                    item.value(),
                    null,
                    headers);
            this.submission = submission;
        }

        Submission submission() {
            return submission;
        }
    }

    private enum State {
        QUEUED,
        TAKEN,
        GIVEN_UP
    }

    private final List<Item> items;
    private final Facts facts;
    private final Runnable whenCommitted;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
    private final AtomicInteger open;

    /** @param whenCommitted called once, by the thread of the last {@link #committed()}; must not block */
    Submission(List<Item> items, Facts facts, Runnable whenCommitted) {
        this.items = List.copyOf(items);
        this.facts = facts;
        this.whenCommitted = whenCommitted;
        this.open = new AtomicInteger(items.size());
    }

    int size() {
        return items.size();
    }

    /** Answers false when it was given up before. */
    boolean take() {
        return state.compareAndSet(State.QUEUED, State.TAKEN);
    }

    /** Answers true when it will never be taken: none of its records can become durable. */
    boolean giveUp() {
        return state.compareAndSet(State.QUEUED, State.GIVEN_UP) || state.get() == State.GIVEN_UP;
    }

    void addTo(List<SourceRecord> batch, String topic) {
        // Headers of its own for each: a transform may change them.
        items.forEach(item -> batch.add(new Posted(this, topic, item, facts.headers())));
    }

    /** One more of its records is durable. */
    void committed() {
        // Invariant: 2xx only after every record of the request is durable.
        if (open.decrementAndGet() == 0) {
            whenCommitted.run();
        }
    }
}
