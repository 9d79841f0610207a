package io.millrace.broker.differential;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ProducerDifferentialTest extends DifferentialContract {
    private static final long TIMESTAMP = 1_700_000_000_000L;

    @Test
    void everyAcknowledgementAndCompression() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("every", 2);
            for (String acks : List.of("0", "1", "all")) {
                for (String compression : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
                    try (KafkaProducer<String, String> producer = scene.producer(Map.of(
                            "acks", acks, "compression.type", compression, "enable.idempotence", "all".equals(acks)))) {
                        ProducerRecord<String, String> record =
                                Scene.record("every", 1, TIMESTAMP, compression + "-".repeat(200));
                        record.headers()
                                .add("h", new byte[] {1, 2})
                                .add("empty", new byte[0])
                                .add("null", null);
                        send(scene, producer, record);
                        send(scene, producer, new ProducerRecord<>("every", 0, TIMESTAMP + 1, null, (String) null));
                    }
                }
            }
            scene.say("records 0", scene.records("every", 0, "read_committed"));
            scene.say("records 1", scene.records("every", 1, "read_uncommitted"));
        });
    }

    @Test
    void compressionOfTheTopicWins() throws Exception {
        bothAnswerAlike(scene -> {
            for (String compression : List.of("uncompressed", "zstd", "gzip", "producer")) {
                String topic = "compressed-" + compression;
                scene.topic(topic, 1, Map.of("compression.type", compression));
                try (KafkaProducer<String, String> producer = scene.producer(Map.of("compression.type", "lz4"))) {
                    send(scene, producer, Scene.record(topic, 0, TIMESTAMP, "v".repeat(500)));
                }
                scene.say(compression, scene.records(topic, 0, "read_committed"));
            }
        });
    }

    @Test
    void recordsThatAreTooLarge() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("small", 1, Map.of("max.message.bytes", "1000"));
            scene.topic("small-segment", 1, Map.of("segment.bytes", "1048576", "max.message.bytes", "5000000"));
            for (boolean idempotent : List.of(true, false)) {
                try (KafkaProducer<String, String> producer =
                        scene.producer(Map.of("enable.idempotence", idempotent, "max.request.size", 10_000_000))) {
                    send(scene, producer, Scene.record("small", 0, TIMESTAMP, "x".repeat(5_000)));
                    send(scene, producer, Scene.record("small", 0, TIMESTAMP, "fits"));
                    send(scene, producer, Scene.record("small-segment", 0, TIMESTAMP, "x".repeat(2_000_000)));
                    send(scene, producer, Scene.record("small-segment", 0, TIMESTAMP, "fits"));
                }
            }
            scene.say("small", scene.records("small", 0, "read_committed"));
        });
    }

    @Test
    void timestamps() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("append-time", 1, Map.of("message.timestamp.type", "LogAppendTime"));
            scene.topic(
                    "strict-time",
                    1,
                    Map.of("message.timestamp.before.max.ms", "3600000", "message.timestamp.after.max.ms", "3600000"));
            long now = System.currentTimeMillis();
            try (KafkaProducer<String, String> producer = scene.producer(Map.of())) {
                scene.attempt("append time", () -> {
                    var sent = producer.send(Scene.record("append-time", 0, TIMESTAMP, "v"))
                            .get(20, TimeUnit.SECONDS);
                    return sent.timestamp() != TIMESTAMP;
                });
                scene.attempt("too old", () -> text(producer, Scene.record("strict-time", 0, now - 7_200_000, "v")));
                scene.attempt("too new", () -> text(producer, Scene.record("strict-time", 0, now + 7_200_000, "v")));
                scene.attempt("in range", () -> text(producer, Scene.record("strict-time", 0, now - 60_000, "v")));
            }
            scene.say("append-time", scene.records("append-time", 0, "read_committed"));
            scene.say(
                    "strict-time",
                    scene.records("strict-time", 0, "read_committed").size());
        });
    }

    @Test
    void compactedTopicsNeedKeys() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("compacted", 1, Map.of("cleanup.policy", "compact"));
            try (KafkaProducer<String, String> producer = scene.producer(Map.of())) {
                send(scene, producer, new ProducerRecord<>("compacted", 0, TIMESTAMP, null, "v"));
                send(scene, producer, new ProducerRecord<>("compacted", 0, TIMESTAMP, "k", "v"));
                send(scene, producer, new ProducerRecord<>("compacted", 0, TIMESTAMP, "k", (String) null));
            }
            scene.say("compacted", scene.records("compacted", 0, "read_committed"));
        });
    }

    @Test
    void topicsAndPartitionsThatAreNotThere() throws Exception {
        bothAnswerAlike(scene -> {
            try (KafkaProducer<String, String> producer = scene.producer(Map.of("max.block.ms", 1_000))) {
                send(scene, producer, new ProducerRecord<>("made on demand", "v"));
                send(scene, producer, new ProducerRecord<>("made-on-demand", 0, TIMESTAMP, "k", "v"));
                send(scene, producer, new ProducerRecord<>("made-on-demand", 9, TIMESTAMP, "k", "v"));
                send(scene, producer, new ProducerRecord<>("__consumer_offsets", 0, TIMESTAMP, "k", "v"));
                scene.attempt("partitions", () -> producer.partitionsFor("made-on-demand"));
            }
        });
    }

    /** Without numbers of the clock, which differ between the two. */
    private static String text(KafkaProducer<String, String> producer, ProducerRecord<String, String> record)
            throws Exception {
        try {
            return "at " + producer.send(record).get(20, TimeUnit.SECONDS).offset();
        } catch (java.util.concurrent.ExecutionException e) {
            return e.getCause().toString().replaceAll("\\d{10,}", "T");
        }
    }

    private static void send(
            Scene scene, KafkaProducer<String, String> producer, ProducerRecord<String, String> record) {
        scene.attempt(
                record.topic() + "-" + record.partition(),
                () -> Scene.show(producer.send(record).get(20, TimeUnit.SECONDS)));
    }
}
