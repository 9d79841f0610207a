package io.millrace.broker.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Numbers the records it sends, and counts how many of them were acknowledged. */
final class SendingLoad extends Load {
    private static final int AT_ONCE = 25;

    private final Clients clients;
    private final String topic;
    private final boolean idempotent;
    private volatile int acknowledged;

    SendingLoad(Clients clients, String topic, boolean idempotent) {
        this.clients = clients;
        this.topic = topic;
        this.idempotent = idempotent;
    }

    @Override
    void work() throws Exception {
        try (KafkaProducer<String, String> producer = clients.producer(
                Map.of("enable.idempotence", idempotent, "compression.type", idempotent ? "lz4" : "none"))) {
            while (!stopping()) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    int number = acknowledged + i;
                    sent.add(producer.send(new ProducerRecord<>(topic, number % 3, null, String.valueOf(number))));
                }
                for (Future<RecordMetadata> each : sent) {
                    each.get();
                }
                acknowledged += AT_ONCE;
                stepped();
            }
        }
    }

    /** Records 0 until this one were acknowledged; none above it was sent once the load has finished. */
    int acknowledged() {
        return acknowledged;
    }
}
