package io.millrace.broker.server;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Unmodified clients that give up soon. */
final class Clients {
    private Clients() {}

    static Map<String, Object> to(String bootstrap, Map<String, ?> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", bootstrap);
        config.put("request.timeout.ms", "5000");
        config.put("default.api.timeout.ms", "10000");
        return config;
    }

    static Map<String, Object> sasl(String bootstrap, String protocol, String mechanism, String jaas) {
        return to(
                bootstrap,
                Map.of("security.protocol", protocol, "sasl.mechanism", mechanism, "sasl.jaas.config", jaas));
    }

    static String plain(String user, String password) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user + "\" password=\""
                + password + "\";";
    }

    static String scram(String user, String password) {
        return plain(user, password).replace("plain.Plain", "scram.Scram");
    }

    /** Asks for the cluster's id; null if it was answered, otherwise why not. */
    static Throwable ask(Map<String, Object> config) {
        try (Admin admin = Admin.create(config)) {
            return failure(() -> admin.describeCluster().clusterId().get(10, TimeUnit.SECONDS));
        }
    }

    /** Writes one record; null if it was taken, otherwise why not. */
    static Throwable write(Map<String, Object> config, String topic) {
        Map<String, Object> all = new HashMap<>(config);
        all.remove("default.api.timeout.ms");
        all.put("max.block.ms", "10000");
        all.put("delivery.timeout.ms", "10000");
        all.put("enable.idempotence", "false");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(all, new StringSerializer(), new StringSerializer())) {
            return failure(() -> producer.send(new ProducerRecord<>(topic, "v")).get(10, TimeUnit.SECONDS));
        }
    }

    interface Attempt {
        void run() throws Exception;
    }

    static Throwable failure(Attempt attempt) {
        try {
            attempt.run();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (Exception e) {
            return e;
        }
    }
}
