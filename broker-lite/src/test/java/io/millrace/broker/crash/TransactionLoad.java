package io.millrace.broker.crash;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** Transactions over two topics: some committed, some aborted, some left open by a producer that goes away. */
final class TransactionLoad extends Load {
    static final int RECORDS = 6;

    private final Clients clients;
    private final Random random;
    private final Set<Integer> committed = new HashSet<>();
    private final Set<Integer> aborted = new HashSet<>();
    private final Set<Integer> unknown = new HashSet<>();
    private int number;

    TransactionLoad(Clients clients, Random random) {
        this.clients = clients;
        this.random = random;
    }

    @Override
    void work() {
        while (!stopping()) {
            try (KafkaProducer<String, String> producer = producer("transactions", 60_000)) {
                producer.initTransactions();
                while (!stopping()) {
                    one(producer);
                }
            } catch (KafkaException e) {
                // fatal for this producer: the next one fences it, and its transaction is whole or not there
                unknown.add(number);
            }
        }
    }

    private void one(KafkaProducer<String, String> producer) {
        number++;
        if (random.nextInt(100) == 0) {
            abandon();
            return;
        }
        producer.beginTransaction();
        try {
            send(producer);
        } catch (KafkaException e) {
            producer.abortTransaction();
            aborted.add(number);
            return;
        }
        if (random.nextInt(4) == 0) {
            producer.abortTransaction();
            aborted.add(number);
            return;
        }
        commit(producer);
    }

    private void commit(KafkaProducer<String, String> producer) {
        try {
            producer.commitTransaction();
            committed.add(number);
            stepped();
        } catch (org.apache.kafka.common.errors.TransactionAbortableException e) {
            producer.abortTransaction();
            aborted.add(number);
        }
    }

    private void send(KafkaProducer<String, String> producer) {
        for (int i = 0; i < RECORDS; i++) {
            producer.send(new ProducerRecord<>(i % 2 == 0 ? "left" : "right", i % 3, null, number + "/" + i));
        }
        if (random.nextBoolean()) {
            producer.flush();
        }
    }

    /** A transaction that only its timeout ends. */
    private void abandon() {
        KafkaProducer<String, String> producer = producer("abandoned-" + number, 2_000);
        try {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer);
            producer.flush();
        } finally {
            producer.close(Duration.ZERO);
        }
        aborted.add(number);
    }

    private KafkaProducer<String, String> producer(String id, int timeoutMillis) {
        return clients.producer(Map.of("transactional.id", id, "transaction.timeout.ms", timeoutMillis));
    }

    Set<Integer> committed() {
        return committed;
    }

    Set<Integer> aborted() {
        return aborted;
    }

    Set<Integer> unknown() {
        return unknown;
    }
}
