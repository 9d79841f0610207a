package io.millrace.broker.differential;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What settings of topics and of the broker have to do with each other. */
class SettingsDifferentialTest extends DifferentialContract {
    @ParameterizedTest
    @ValueSource(strings = {"all", "1"})
    void moreReplicasInStepThanThereAreAreNotWaitedFor(String acks) throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("careful-" + acks, 1, Map.of("min.insync.replicas", "2"));
            Map<String, Object> settings = Map.of("acks", acks, "enable.idempotence", "false");
            try (KafkaProducer<String, String> producer = scene.producer(settings)) {
                scene.attempt(
                        "sent",
                        () -> Scene.show(producer.send(new ProducerRecord<>("careful-" + acks, 0, 1L, "k", "v"))
                                .get(20, TimeUnit.SECONDS)));
            }
            scene.say("kept", scene.records("careful-" + acks, 0, "read_uncommitted"));
        });
    }

    @Test
    void aTopicsSettingIsCheckedAgainstTheBrokersAsItIsNow() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("lazy", 1);
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "lazy");
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "");
            try (Admin admin = scene.admin()) {
                scene.attempt("before", () -> set(admin, topic, "min.compaction.lag.ms", "5000"));
                scene.attempt("broker", () -> set(admin, broker, "log.cleaner.max.compaction.lag.ms", "4000"));
                awaitRefusal(admin, topic);
                scene.attempt("after", () -> set(admin, topic, "min.compaction.lag.ms", "6000"));
                scene.attempt("less", () -> set(admin, topic, "min.compaction.lag.ms", "3000"));
                AlterConfigOp delete = new AlterConfigOp(
                        new ConfigEntry("log.cleaner.max.compaction.lag.ms", null), AlterConfigOp.OpType.DELETE);
                scene.attempt("back", () -> admin.incrementalAlterConfigs(Map.of(broker, List.of(delete)))
                        .all()
                        .get(20, TimeUnit.SECONDS));
            }
        });
    }

    private static Object set(Admin admin, ConfigResource resource, String key, String value) throws Exception {
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        return admin.incrementalAlterConfigs(Map.of(resource, List.of(change)))
                .all()
                .get(20, TimeUnit.SECONDS);
    }

    /** Kafka's broker hears of a change after the controller has answered. */
    private static void awaitRefusal(Admin admin, ConfigResource topic) throws Exception {
        long deadline = System.nanoTime() + Scene.PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                set(admin, topic, "min.compaction.lag.ms", "5000");
            } catch (java.util.concurrent.ExecutionException e) {
                return;
            }
        }
    }
}
