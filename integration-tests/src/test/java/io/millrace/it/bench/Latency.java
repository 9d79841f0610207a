package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * From a record's {@code send} until the consumer has it, at a thousand records per second: the sender keeps to its timetable, however late the
 * answers come. Sender and consumer are threads of one JVM, so that they read one clock.
 */
final class Latency {
    private static final int PER_SECOND = 1_000;
    private static final int WARM_UP_SECONDS = 3;
    private static final int SIZE = 100;
    private static final Duration STALLED = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition("paced", 0);

    private final BrokerJvm broker;
    private final int warmUp;
    private final int count;

    Latency(BrokerJvm broker, BenchSettings settings) {
        this.broker = broker;
        this.warmUp = WARM_UP_SECONDS * PER_SECOND;
        this.count = warmUp + (int) settings.paced().toSeconds() * PER_SECOND;
    }

    void measure(Recorder recorder) throws Exception {
        broker.awaitListening();
        BrokerClients.createTopic(broker.bootstrapServers(), PARTITION.topic(), 1);
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (KafkaConsumer<byte[], byte[]> consumer = BrokerClients.consumer(broker.bootstrapServers(), Map.of())) {
            consumer.assign(List.of(PARTITION));
            assertThat(consumer.position(PARTITION)).isZero();
            Future<long[]> nanos = reader.submit(() -> read(consumer));
            double cpu = sendAll();
            long[] measured = Arrays.copyOfRange(nanos.get(), warmUp, count);
            recorder.record(Figure.LATENCY_CPU, "", (broker.cpuSeconds() - cpu) * 1_000 / measured.length);
            Arrays.sort(measured);
            recorder.record(Figure.LATENCY_P50, "", millis(measured, 0.50));
            recorder.record(Figure.LATENCY_P99, "", millis(measured, 0.99));
        } finally {
            reader.shutdownNow();
        }
    }

    /** The CPU seconds of the broker when the warm-up was over. */
    private double sendAll() throws Exception {
        double cpu = 0;
        try (KafkaProducer<byte[], byte[]> producer =
                BrokerClients.producer(broker.bootstrapServers(), Map.of("linger.ms", 0))) {
            long begun = System.nanoTime();
            for (int i = 0; i < count; i++) {
                if (i == warmUp) {
                    cpu = broker.cpuSeconds();
                }
                parkUntil(begun + i * (1_000_000_000L / PER_SECOND));
                byte[] value = new byte[SIZE];
                ByteBuffer.wrap(value).putInt(i).putLong(System.nanoTime());
                producer.send(new ProducerRecord<>(PARTITION.topic(), PARTITION.partition(), null, value));
            }
        }
        return cpu;
    }

    private static void parkUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Nanoseconds of each record, by its number. */
    private long[] read(KafkaConsumer<byte[], byte[]> consumer) {
        long[] nanos = new long[count];
        int read = 0;
        long last = System.nanoTime();
        while (read < count) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                last = System.nanoTime();
                ByteBuffer value = ByteBuffer.wrap(record.value());
                assertThat(value.getInt()).as("number of record %s", read).isEqualTo(read);
                nanos[read++] = last - value.getLong();
            }
            assertThat(System.nanoTime() - last)
                    .as("nanoseconds without a record; %s of %s are read", read, count)
                    .isLessThan(STALLED.toNanos());
        }
        return nanos;
    }

    private static double millis(long[] sorted, double quantile) {
        return sorted[(int) Math.ceil(quantile * sorted.length) - 1] / 1e6;
    }
}
