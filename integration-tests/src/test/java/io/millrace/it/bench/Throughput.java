package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What the broker's process uses while one producer writes as fast as it can, and while one consumer reads that again. */
final class Throughput {
    private static final int SMALL = 100;
    private static final int LARGE = 1024;
    /** As many of the small records stand for a large one. */
    static final int LARGE_IN_SMALL = 4;

    private static final int WARM_UP = 8;
    private static final long SEED = 42;
    private static final Duration STALLED = Duration.ofSeconds(60);

    private final BrokerJvm broker;
    private final BenchSettings settings;
    private final Recorder recorder;

    Throughput(BrokerJvm broker, BenchSettings settings, Recorder recorder) {
        this.broker = broker;
        this.settings = settings;
        this.recorder = recorder;
    }

    private record Cell(int partitions, int size, String codec) {
        static List<Cell> grid() {
            List<Cell> cells = new ArrayList<>();
            for (int partitions : new int[] {1, 6}) {
                for (int size : new int[] {SMALL, LARGE}) {
                    cells.add(new Cell(partitions, size, "none"));
                    cells.add(new Cell(partitions, size, "lz4"));
                }
            }
            return cells;
        }

        String text() {
            return partitions
                    + (partitions == 1 ? " partition, " : " partitions, ")
                    + (size == SMALL ? "100 B, " : "1 KiB, ")
                    + codec;
        }

        /** As many of either size take about as long. */
        int count(int small) {
            return size == SMALL ? small : small / LARGE_IN_SMALL;
        }

        String topic(String prefix) {
            return prefix + "-" + partitions + "-" + size + "-" + codec;
        }
    }

    private record Cost(double cpuSeconds, double wallSeconds) {}

    private interface Work {
        void run() throws Exception;
    }

    void measure() throws Exception {
        broker.awaitListening();
        for (Cell cell : Cell.grid()) {
            int count = cell.count(settings.records() / WARM_UP);
            create("warm", cell);
            produce("warm", cell, count);
            consume("warm", cell, count, 1);
        }
        List<Cell> grid = Cell.grid();
        for (Cell cell : grid) {
            int count = cell.count(settings.records());
            create("load", cell);
            record(Figure.PRODUCE_CPU, Figure.PRODUCE_RATE, cell, count, cost(() -> produce("load", cell, count)));
        }
        if (settings.wants(Figure.CONSUME_CPU)) {
            for (Cell cell : grid) {
                int count = cell.count(settings.records());
                Cost cost = cost(() -> consume("load", cell, count, settings.passes()));
                record(Figure.CONSUME_CPU, Figure.CONSUME_RATE, cell, count * settings.passes(), cost);
            }
        }
    }

    private Cost cost(Work work) throws Exception {
        double cpu = broker.cpuSeconds();
        double begun = broker.secondsSinceStart();
        work.run();
        double wall = broker.secondsSinceStart() - begun;
        return new Cost(broker.cpuSeconds() - cpu, wall);
    }

    private void record(Figure cpu, Figure rate, Cell cell, int records, Cost cost) {
        if (settings.wants(cpu)) {
            recorder.record(cpu, cell.text(), cost.cpuSeconds() * 1_000_000 / records);
            recorder.record(rate, cell.text(), records / cost.wallSeconds() / 1_000);
        }
    }

    private void create(String prefix, Cell cell) throws Exception {
        BrokerClients.createTopic(broker.bootstrapServers(), cell.topic(prefix), cell.partitions());
    }

    private void produce(String prefix, Cell cell, int count) {
        List<byte[]> values = Payloads.text(cell.size(), new Random(SEED));
        AtomicReference<Exception> failed = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                BrokerClients.producer(broker.bootstrapServers(), Map.of("compression.type", cell.codec()))) {
            String topic = cell.topic(prefix);
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, values.get(i % values.size())), (metadata, failure) -> {
                    if (failure != null) {
                        failed.compareAndSet(null, failure);
                    }
                });
            }
            producer.flush();
        }
        assertThat(failed.get())
                .as("the first record that was not acknowledged")
                .isNull();
    }

    private void consume(String prefix, Cell cell, int count, int passes) {
        List<TopicPartition> partitions = IntStream.range(0, cell.partitions())
                .mapToObj(partition -> new TopicPartition(cell.topic(prefix), partition))
                .toList();
        try (KafkaConsumer<byte[], byte[]> consumer = BrokerClients.consumer(broker.bootstrapServers(), Map.of())) {
            consumer.assign(partitions);
            for (int pass = 0; pass < passes; pass++) {
                consumer.seekToBeginning(partitions);
                readAll(consumer, count);
            }
        }
    }

    private static void readAll(KafkaConsumer<byte[], byte[]> consumer, int count) {
        int read = 0;
        long last = System.nanoTime();
        while (read < count) {
            int polled = consumer.poll(Duration.ofMillis(100)).count();
            long now = System.nanoTime();
            assertThat(polled > 0 || now - last < STALLED.toNanos())
                    .as("a record comes within %s; %s of %s are read", STALLED, read, count)
                    .isTrue();
            last = polled > 0 ? now : last;
            read += polled;
        }
        assertThat(read).as("records read").isEqualTo(count);
    }
}
