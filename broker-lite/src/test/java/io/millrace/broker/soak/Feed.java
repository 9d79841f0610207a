package io.millrace.broker.soak;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends the events at a steady rate, in a thread of its own, each once and in order whatever happens to the broker. */
final class Feed implements AutoCloseable {
    /** How far the applications may be behind: what a busy machine cannot process is not sent. */
    private static final long MOST_AHEAD = 20_000;

    private static final int SLICES_PER_SECOND = 50;

    private final Events events;
    private final int perSlice;
    private final LongSupplier processed;
    private final KafkaProducer<String, Long> producer;
    private final Thread thread = new Thread(this::work, "feed");
    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stopping;

    /** @param processed how many events the slowest application has processed */
    Feed(String bootstrapServers, Events events, int perSecond, LongSupplier processed) {
        this.events = events;
        this.perSlice = Math.max(1, perSecond / SLICES_PER_SECOND);
        this.processed = processed;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "acks", "all",
                        "enable.idempotence", "true",
                        "compression.type", "lz4",
                        "linger.ms", "5",
                        "max.block.ms", "120000",
                        "request.timeout.ms", "5000",
                        "delivery.timeout.ms", "120000",
                        "reconnect.backoff.max.ms", "200"),
                new StringSerializer(),
                new LongSerializer());
    }

    /** Sends the table that events are joined with, before the first event. */
    void rates() throws ExecutionException, InterruptedException {
        for (int key = 0; key < Events.KEYS; key++) {
            String name = Events.keyNamed(key);
            producer.send(new ProducerRecord<>(
                            SoakTopology.RATES, null, events.start() - 86_400_000, name, Events.rate(name)))
                    .get();
        }
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        long slice = TimeUnit.SECONDS.toNanos(1) / SLICES_PER_SECOND;
        long next = System.nanoTime();
        while (!stopping && failure.get() == null) {
            if (sent.get() - processed.getAsLong() < MOST_AHEAD) {
                send();
            }
            next = Math.max(next + slice, System.nanoTime() - slice);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void send() {
        try {
            for (int i = 0; i < perSlice; i++) {
                long number = sent.get() + 1;
                producer.send(
                        new ProducerRecord<>(
                                SoakTopology.EVENTS, null, events.timestamp(number), events.key(number), number),
                        (metadata, e) -> failure.compareAndSet(null, e));
                sent.set(number);
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    long sent() {
        return sent.get();
    }

    void check() {
        if (failure.get() != null) {
            throw new AssertionError("an event could not be sent", failure.get());
        }
    }

    /** Stops and waits until all that was sent is acknowledged; tells how many that are. */
    long finish() throws InterruptedException {
        stopping = true;
        thread.join();
        producer.flush();
        check();
        return sent.get();
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        // a send that waits for a broker that is gone ends with this
        producer.close(Duration.ZERO);
        thread.join();
    }
}
