package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.yammer.metrics.core.MetricsRegistry;
import io.millrace.broker.Brokers;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who watches Apache Kafka's metrics can watch these. */
class MetricsTest {
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
    private static final String START = "<!-- metrics -->\n";
    private static final int RECORDS = 7;
    private static final int BYTES = 1000;
    /** What is told under a name that Kafka does not have, and why. */
    private static final Map<String, String> OWN = Map.of(
            "millrace.broker:type=Storage,name=DiskFull",
            "whether appends are refused until there is space; Kafka goes down instead");

    private static final Pattern BROKERS =
            Pattern.compile("^(kafka\\.(server|network|log|controller|coordinator\\.[a-z]+)|millrace\\.broker)");

    @TempDir
    Path folder;

    @Test
    void eachNameIsKafkasWithTheSameAttributesAndTheTableInTheReadmeHasAllOfThem() throws Exception {
        Map<String, Set<String>> kafkas;
        try (Brokers.Running kafka = Brokers.start(folder.resolve("kafka"), "kafka")) {
            use(kafka.bootstrapServers());
            kafkas = beans("");
        }
        forgetWhatKafkaLeft();
        Map<String, Set<String>> ours;
        String metrics;
        try (LightBroker light = start("light")) {
            use(light.bootstrapServers());
            ours = beans(light.part(Insight.class).suffix());
            metrics = text(light);
        }

        Map<String, Set<String>> unknown = new TreeMap<>(ours);
        OWN.keySet().forEach(unknown::remove);
        unknown.entrySet().removeIf(bean -> {
            Set<String> known = kafkas.get(bean.getKey());
            return known != null && known.containsAll(bean.getValue());
        });
        assertThat(unknown).as("beans that Kafka's node does not have so").isEmpty();
        assertThat(ours.keySet()).containsAll(OWN.keySet());
        assertThat(told()).isEqualTo(table(ours.keySet()));
        assertThat(metrics).contains("kafka_coordinator_group_groupmetadatamanager_numgroups ");
    }

    private static String told() throws Exception {
        String readme = Files.readString(Path.of(System.getProperty("basedir", "."), "README.md"));
        int from = readme.indexOf(START) + START.length();
        return readme.substring(from, readme.indexOf("<!-- /metrics -->"));
    }

    private static String table(Set<String> beans) {
        return beans.stream().map(bean -> "- `" + bean + "`\n").collect(Collectors.joining());
    }

    private LightBroker start(String name) throws Exception {
        Map<String, String> p = new HashMap<>();
        p.put("listeners", "PLAINTEXT://127.0.0.1:0");
        p.put("millrace.broker.jmx", "true");
        p.put("millrace.broker.http.port", "0");
        p.put("num.network.threads", "1");
        p.put("offsets.topic.num.partitions", "1");
        p.put("transaction.state.log.num.partitions", "1");
        p.put("group.initial.rebalance.delay.ms", "0");
        return LightBroker.start(folder.resolve(name), p);
    }

    private static String text(LightBroker broker) throws Exception {
        var uri = java.net.URI.create(
                "http://127.0.0.1:" + broker.part(Operation.class).port() + "/metrics");
        return java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(uri).build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** A topic, a transaction, a group: whatever brings measures about. */
    private static void use(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "till", "linger.ms", "50"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("orders", new byte[BYTES]));
            }
            producer.commitTransaction();
        }
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "group.id", "shop", "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("orders"));
            int read = 0;
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (read < RECORDS) {
                read += consumer.poll(Duration.ofMillis(100)).count();
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
            consumer.commitSync();
        }
    }

    /** Names of brokers' beans, without what differs from run to run, and their attributes. */
    private static Map<String, Set<String>> beans(String suffix) throws Exception {
        Map<String, Set<String>> beans = new TreeMap<>();
        for (ObjectName name : BEANS.queryNames(null, null)) {
            if (BROKERS.matcher(name.getDomain()).replaceFirst("").equals(suffix)) {
                Set<String> attributes = Arrays.stream(BEANS.getMBeanInfo(name).getAttributes())
                        .map(attribute -> attribute.getName() + " " + attribute.getType())
                        .collect(Collectors.toCollection(TreeSet::new));
                beans.computeIfAbsent(masked(name, suffix), n -> new TreeSet<>())
                        .addAll(attributes);
            }
        }
        return beans;
    }

    private static String masked(ObjectName bean, String suffix) {
        String domain = bean.getDomain();
        StringBuilder name = new StringBuilder(domain.substring(0, domain.length() - suffix.length())).append(":type=");
        Map<String, String> tags = new TreeMap<>(bean.getKeyPropertyList());
        name.append(tags.remove("type"));
        if (tags.containsKey("name")) {
            name.append(",name=").append(tags.remove("name"));
        }
        tags.forEach((tag, value) ->
                name.append(',').append(tag).append('=').append(tag.equals("delayedOperation") ? value : "*"));
        return name.toString();
    }

    /** What Kafka's node left behind in the registry of the JVM would be taken for others'. */
    @BeforeEach
    void forgetWhatKafkaLeft() {
        MetricsRegistry shared = KafkaYammerMetrics.defaultRegistry();
        Set.copyOf(shared.allMetrics().keySet()).forEach(shared::removeMetric);
    }

    @Test
    void whatIsWrittenAndReadIsCountedByTopicUntilTheTopicIsDeleted() throws Exception {
        try (LightBroker light = start("light")) {
            use(light.bootstrapServers());
            String metrics = text(light);
            assertThat(metrics)
                    .contains("kafka_server_brokertopicmetrics_messagesin_total{topic=\"orders\"} 7.0\n")
                    .contains("kafka_network_requestmetrics_errors_total{error=\"NONE\",request=\"Produce\"} 1.0\n")
                    .contains("kafka_network_requestmetrics_totaltimems_count{request=\"Produce\"} 1.0\n")
                    .contains("kafka_log_log_logendoffset{partition=\"0\",topic=\"orders\"} 8.0\n");
            double in = value(metrics, "kafka_server_brokertopicmetrics_bytesin_total{topic=\"orders\"}");
            assertThat(in).isBetween((double) RECORDS * BYTES, RECORDS * (BYTES + 100.0));
            // the marker of the transaction is read, and was not sent by a client
            assertThat(value(metrics, "kafka_server_brokertopicmetrics_bytesout_total{topic=\"orders\"}"))
                    .isBetween(in, in + 200);

            try (Admin admin = Admin.create(Map.of("bootstrap.servers", light.bootstrapServers()))) {
                admin.deleteTopics(List.of("orders")).all().get(20, TimeUnit.SECONDS);
            }
            assertThat(text(light))
                    .doesNotContain("topic=\"orders\"")
                    .contains("kafka_server_brokertopicmetrics_messagesin_total 7.0\n");
            assertThat(BEANS.queryNames(new ObjectName("kafka.server:topic=orders,*"), null))
                    .isEmpty();
        }
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no '" + name + "' in " + metrics));
    }

    @Test
    void twoBrokersInOneJvmShowTheirOwnFigures() throws Exception {
        try (LightBroker first = start("first");
                LightBroker second = start("second")) {
            use(second.bootstrapServers());
            assertThat(text(first)).contains("kafka_server_replicamanager_partitioncount 0.0\n");
            assertThat(text(second)).contains("kafka_server_replicamanager_partitioncount 3.0\n");
            String ones = "kafka.server" + first.part(Insight.class).suffix();
            String others = "kafka.server" + second.part(Insight.class).suffix();
            assertThat(count(ones)).isZero();
            assertThat(count(others)).isEqualTo(RECORDS);
            String waiting = ":type=DelayedOperationPurgatory,name=PurgatorySize,delayedOperation=Fetch";
            assertThat(BEANS.isRegistered(new ObjectName(ones + waiting))).isTrue();
            assertThat(BEANS.isRegistered(new ObjectName(others + waiting))).isTrue();
        }
        assertThat(BEANS.queryNames(new ObjectName("kafka.server-2:*"), null)).isEmpty();
    }

    private static long count(String domain) throws Exception {
        return (long)
                BEANS.getAttribute(new ObjectName(domain + ":type=BrokerTopicMetrics,name=MessagesInPerSec"), "Count");
    }
}
