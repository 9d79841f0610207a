package io.millrace.broker;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;

/** What an administrator asks about configurations, quotas, credentials and features. */
final class ConfigQuestions {
    /** How a node is put together, which differs by design; all else is asked of both. */
    private static final Set<String> OF_THE_NODE = Set.of(
            "process.roles",
            "controller.quorum.voters",
            "controller.listener.names",
            "inter.broker.listener.name",
            "listeners",
            "advertised.listeners",
            "listener.security.protocol.map",
            "clamp.replication.factor",
            "socket.request.max.bytes",
            "broker.heartbeat.interval.ms",
            "broker.session.timeout.ms",
            "num.replica.fetchers",
            "share.coordinator.state.topic.min.isr",
            "share.coordinator.state.topic.num.partitions",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.threads");

    private final Admin admin;
    private final Transcript transcript;

    ConfigQuestions(Admin admin, Transcript transcript) {
        this.admin = admin;
        this.transcript = transcript;
    }

    void configurations() {
        ConfigResource orders = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
        ConfigResource loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "readers");
        ConfigResource metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "all");
        List<ConfigResource> wrong = List.of(
                new ConfigResource(ConfigResource.Type.TOPIC, "nowhere"),
                new ConfigResource(ConfigResource.Type.TOPIC, "not a name"),
                new ConfigResource(ConfigResource.Type.CLIENT_METRICS, ""),
                new ConfigResource(ConfigResource.Type.GROUP, ""));
        configs("configuration", List.of(orders, broker, brokers, group, metrics), told -> true);
        configs("wrong configuration", wrong, told -> true);
        transcript.ask("root logger", () -> Transcript.get(
                        admin.describeConfigs(List.of(loggers)).values().get(loggers))
                .get("root"));
        alter("change", orders, set("retention.ms", "3600000"), set("cleanup.policy", "delete"));
        alter("change", orders, op("cleanup.policy", "compact", OpType.APPEND));
        alter("change", orders, op("cleanup.policy", "compact", OpType.SUBTRACT));
        alter("change", orders, op("retention.ms", "", OpType.DELETE));
        alter("change badly", orders, set("retention.ms", "soon"));
        alter("change badly", orders, set("retention", "1"));
        alter("change badly", orders, op("retention.ms", "1", OpType.APPEND));
        alter("change badly", orders, set("segment.bytes", "1"));
        wrong.forEach(resource -> alter("change badly", resource, set("retention.ms", "1")));
        alter("change", brokers, set("log.retention.ms", "7200000"), set("log.cleaner.threads", "1"));
        alter("change", broker, set("log.segment.bytes", "104857600"));
        alter("change badly", broker, set("node.id", "3"));
        alter("change badly", broker, set("log.segment.bytes", "many"));
        alter("change badly", brokers, set("listeners", "PLAINTEXT://:1"));
        alter("change badly", broker, op("log.segment.bytes", "1", OpType.APPEND));
        alter("change badly", broker, op("no.such.list", "1", OpType.APPEND));
        alter("change", group, set("consumer.session.timeout.ms", "50000"));
        alter("change badly", group, set("consumer.session.timeout.ms", "1"));
        alter("change badly", group, set("consumer.session", "1"));
        alter("change", metrics, set("interval.ms", "60000"), set("metrics", "org.apache.kafka."));
        alter("change badly", metrics, set("interval.ms", "1"));
        alter("change", loggers, set("org.apache.kafka.none", "INFO"));
        alter("change badly", loggers, set("root", "LOUD"));
        alter("change badly", loggers, op("root", "", OpType.DELETE));
        alter("change badly", loggers, op("root", "INFO", OpType.APPEND));
        transcript.askEach(
                "try to change",
                admin.incrementalAlterConfigs(
                                Map.of(orders, List.of(set("retention.ms", "1"))),
                                new AlterConfigsOptions().validateOnly(true))
                        .values());
        configs("changed configuration", List.of(orders, broker), told -> told.contains("=7200000"));
        configs("changed configuration", List.of(brokers), told -> told.contains("log.retention.ms"));
        configs("changed configuration", List.of(group), told -> told.contains("=50000"));
        configs("changed configuration", List.of(metrics), told -> told.contains("=60000"));
        transcript.ask(
                "configured", () -> Transcript.get(admin.listConfigResources().all()).stream()
                        .map(ConfigResource::toString)
                        .sorted()
                        .toList());
        transcript.ask(
                "configured groups",
                () -> Transcript.get(
                        admin.listConfigResources(Set.of(ConfigResource.Type.GROUP), new ListConfigResourcesOptions())
                                .all()));
        alter("change back", brokers, op("log.retention.ms", "", OpType.DELETE));
        alter("change back", broker, op("log.segment.bytes", "", OpType.DELETE));
        configs(
                "changed back",
                List.of(orders, brokers),
                told -> !told.contains("=7200000") && !told.contains("=104857600"));
    }

    private void configs(String question, List<ConfigResource> resources, Predicate<String> awaited) {
        for (ConfigResource resource : resources) {
            Callable<?> entries = () -> {
                Config config = Transcript.get(admin.describeConfigs(
                                List.of(resource),
                                new DescribeConfigsOptions()
                                        .includeSynonyms(true)
                                        .includeDocumentation(true))
                        .values()
                        .get(resource));
                return config.entries().stream()
                        .filter(entry -> !OF_THE_NODE.contains(entry.name()))
                        .sorted(Comparator.comparing(ConfigEntry::name))
                        .toList();
            };
            transcript.ask(question + " " + resource, entries, awaited);
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return op(name, value, OpType.SET);
    }

    private static AlterConfigOp op(String name, String value, OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private void alter(String question, ConfigResource resource, AlterConfigOp... changes) {
        transcript.askEach(
                question + " " + List.of(changes),
                admin.incrementalAlterConfigs(Map.of(resource, List.of(changes)))
                        .values());
    }

    void quotasAndCredentials() {
        ClientQuotaEntity user = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "alice"));
        transcript.askEach(
                "quota",
                admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                                user, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1000.0)))))
                        .values());
        transcript.askEach(
                "quota badly",
                admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                                user, List.of(new ClientQuotaAlteration.Op("bytes", 1000.0)))))
                        .values());
        transcript.ask(
                "quotas",
                () -> Transcript.get(
                        admin.describeClientQuotas(ClientQuotaFilter.all()).entities()),
                told -> told.contains("alice"));
        ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096);
        transcript.askEach(
                "credential",
                admin.alterUserScramCredentials(List.of(
                                new UserScramCredentialUpsertion("alice", info, "secret"),
                                new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_256)))
                        .values());
        transcript.ask(
                "credentials",
                () -> Transcript.get(admin.describeUserScramCredentials().all()),
                told -> told.contains("alice"));
        transcript.ask(
                "credentials of nobody",
                () -> Transcript.get(
                        admin.describeUserScramCredentials(List.of("nobody")).description("nobody")));
    }

    void features() {
        transcript.ask("features", () -> {
            var metadata = Transcript.get(admin.describeFeatures().featureMetadata());
            Map<String, String> told = new HashMap<>();
            metadata.finalizedFeatures().forEach((name, range) -> told.put("finalized " + name, range.toString()));
            metadata.supportedFeatures().forEach((name, range) -> told.put("supported " + name, range.toString()));
            // share groups are not served, so their level stays unset
            told.remove("finalized share.version");
            return told;
        });
        transcript.askEach(
                "update features",
                admin.updateFeatures(
                                Map.of(
                                        "no.such.feature",
                                        new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE)),
                                new UpdateFeaturesOptions())
                        .values());
        transcript.askEach(
                "try to downgrade",
                admin.updateFeatures(
                                Map.of(
                                        "transaction.version",
                                        new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
                                new UpdateFeaturesOptions().validateOnly(true))
                        .values());
    }
}
