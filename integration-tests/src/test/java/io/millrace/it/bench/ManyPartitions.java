package io.millrace.it.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * How long many partitions take until each has acknowledged a record.
 *
 * @param topics made by one request
 * @param each how many partitions a topic has
 */
record ManyPartitions(int topics, int each) {
    private static final byte[] VALUE = "a record".getBytes(StandardCharsets.UTF_8);

    String text() {
        return topics + (topics == 1 ? " topic" : " topics") + " x " + each;
    }

    /** With the readings of memory when all are written, if they are wanted of this shape. */
    void measure(BrokerJvm broker, BenchSettings settings, boolean memory, Recorder recorder) throws Exception {
        broker.awaitListening();
        try (Admin admin = BrokerClients.admin(broker.bootstrapServers());
                KafkaProducer<byte[], byte[]> producer = BrokerClients.producer(broker.bootstrapServers(), Map.of())) {
            // what a first record costs is another figure
            producer.send(new ProducerRecord<>("first", VALUE)).get();
            double cpu = broker.cpuSeconds();
            double begun = broker.secondsSinceStart();
            admin.createTopics(IntStream.range(0, topics)
                            .mapToObj(topic -> new NewTopic(name(topic), each, (short) 1))
                            .toList())
                    .all()
                    .get();
            double created = broker.secondsSinceStart();
            BrokerClients.awaitAnswers(
                    admin,
                    IntStream.range(0, topics).mapToObj(ManyPartitions::name).toList(),
                    each);
            double answering = broker.secondsSinceStart();
            writeToEach(producer);
            double written = broker.secondsSinceStart();
            recorder.record(Figure.CREATED_WALL, text(), created - begun);
            recorder.record(Figure.ANSWERING_WALL, text(), answering - begun);
            recorder.record(Figure.WRITTEN_WALL, text(), written - begun);
            recorder.record(Figure.WRITTEN_CPU, text(), broker.cpuSeconds() - cpu);
        }
        if (memory) {
            broker.idle(settings.idle());
            recorder.memory(broker, Figure.FULL_RSS, Figure.FULL_PSS, text());
        }
    }

    private static String name(int topic) {
        return "many-" + topic;
    }

    private void writeToEach(KafkaProducer<byte[], byte[]> producer) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int topic = 0; topic < topics; topic++) {
            for (int partition = 0; partition < each; partition++) {
                sent.add(producer.send(new ProducerRecord<>(name(topic), partition, null, VALUE)));
            }
        }
        for (Future<RecordMetadata> record : sent) {
            record.get();
        }
    }
}
