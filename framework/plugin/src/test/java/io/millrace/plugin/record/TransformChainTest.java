package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.plugin.discovery.PluginFixture;
import io.millrace.plugin.discovery.Plugins;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransformChainTest {
    private static final Schema ROW =
            SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();

    @TempDir
    Path temp;

    private Plugins plugins;

    @BeforeEach
    void scan() {
        PluginFixture.plugin()
                .source("acme.Probe", """
                        import org.apache.kafka.connect.connector.ConnectRecord;
                        import org.apache.kafka.common.config.ConfigDef;
                        public class Probe<R extends ConnectRecord<R>> implements org.apache.kafka.connect.transforms.Transformation<R> {
                            public R apply(R record) {
                                String at = Thread.currentThread().getContextClassLoader() == getClass().getClassLoader() ? "own" : "foreign";
                                return record.newRecord(record.topic() + "." + at, record.kafkaPartition(), null, null, null, null, record.timestamp());
                            }
                            public ConfigDef config() { return new ConfigDef(); }
                            public void configure(java.util.Map<String, ?> configs) {
                                System.setProperty("millrace.test.configured", new java.util.TreeMap<>(configs).toString());
                            }
                            public void close() {
                                System.setProperty("millrace.test.closed", "" + (Thread.currentThread().getContextClassLoader() == getClass().getClassLoader()));
                            }
                        }
                        """)
                .service(Transformation.class, "acme.Probe")
                .jar(temp.resolve("probe/probe.jar"));
        plugins = Plugins.scan(List.of(temp));
    }

    @AfterEach
    void close() {
        plugins.close();
        System.clearProperty("millrace.test.closed");
        System.clearProperty("millrace.test.configured");
    }

    @Test
    void passesARecordThroughItsStepsInOrder() {
        Map<String, String> config = config(
                "transforms", "insert, route",
                "transforms.insert.type", "org.apache.kafka.connect.transforms.InsertField$Value",
                "transforms.insert.static.field", "shop",
                "transforms.insert.static.value", "northwind",
                "transforms.route.type", "org.apache.kafka.connect.transforms.RegexRouter",
                "transforms.route.regex", "(.*)",
                "transforms.route.replacement", "raw.$1");

        try (TransformChain<SourceRecord> chain = chain(config)) {
            SourceRecord out = chain.apply(source("orders"));

            assertThat(out.topic()).isEqualTo("raw.orders");
            assertThat(((Struct) out.value()).getString("shop")).isEqualTo("northwind");
            assertThat(((Struct) out.value()).getInt32("id")).isEqualTo(1);
            assertThat(chain.aliases()).containsExactly("insert", "route");
        }
    }

    @Test
    void runsAStepOnlyWhereItsPredicateHoldsAndNegated() {
        Map<String, String> config = config(
                "predicates", "isOrders",
                "predicates.isOrders.type", "org.apache.kafka.connect.transforms.predicates.TopicNameMatches",
                "predicates.isOrders.pattern", "orders",
                "transforms", "orders,others",
                "transforms.orders.type", "RegexRouter",
                "transforms.orders.predicate", "isOrders",
                "transforms.orders.regex", ".*",
                "transforms.orders.replacement", "A",
                "transforms.others.type", "Filter",
                "transforms.others.predicate", "isOrders",
                "transforms.others.negate", "true");

        try (TransformChain<SourceRecord> chain = chain(config)) {
            assertThat(chain.apply(source("customers"))).isNull();
            // The second step's predicate sees the topic that the first step made.
            assertThat(chain.apply(source("orders"))).isNull();
        }
        config.put("transforms", "orders");
        try (TransformChain<SourceRecord> chain = chain(config)) {
            assertThat(chain.apply(source("customers")).topic()).isEqualTo("customers");
            assertThat(chain.apply(source("orders")).topic()).isEqualTo("A");
        }
    }

    @Test
    void namesTheStepThatFailed() {
        Map<String, String> config = config(
                "transforms", "cast",
                "transforms.cast.type", "org.apache.kafka.connect.transforms.Cast$Value",
                "transforms.cast.spec", "name:int32");
        Schema schema =
                SchemaBuilder.struct().field("name", Schema.STRING_SCHEMA).build();

        try (TransformChain<SourceRecord> chain = chain(config)) {
            SourceRecord poison =
                    new SourceRecord(Map.of(), Map.of(), "t", schema, new Struct(schema).put("name", "Chai"));
            TransformFailure failure = catchThrowableOfType(TransformFailure.class, () -> chain.apply(poison));

            assertThat(failure.alias()).isEqualTo("cast");
            assertThat(failure.className()).isEqualTo("org.apache.kafka.connect.transforms.Cast$Value");
            assertThat(failure).cause().isInstanceOf(DataException.class);
            assertThat(failure)
                    .hasMessage("Transform 'cast' (org.apache.kafka.connect.transforms.Cast$Value) failed: "
                            + failure.getCause());
        }
    }

    @Test
    void callsAndClosesAStepUnderItsOwnLoader() {
        TransformChain<SinkRecord> chain = TransformChain.of(plugins, "acme.Probe", Map.of());
        SinkRecord in = new SinkRecord("t", 0, null, null, null, null, 5);

        assertThat(chain.apply(in).topic()).isEqualTo("t.own");
        chain.close();

        assertThat(System.getProperty("millrace.test.closed")).isEqualTo("true");
    }

    @Test
    void configuresAStepWithItsTypeAndWithoutWhatIsForTheChain() {
        Map<String, String> config = config(
                "predicates", "isOrders",
                "predicates.isOrders.type", "TopicNameMatches",
                "predicates.isOrders.pattern", "orders",
                "transforms", "p",
                "transforms.p.type", "acme.Probe",
                "transforms.p.predicate", "isOrders",
                "transforms.p.negate", "true",
                "transforms.p.other", "1");

        TransformChain.<SinkRecord>create(plugins, TransformChainTest.class.getClassLoader(), config)
                .close();

        assertThat(System.getProperty("millrace.test.configured")).isEqualTo("{other=1, type=acme.Probe}");
    }

    @Test
    void keepsTheOriginOfASinkRecord() {
        Map<String, String> config = config("transforms", "p", "transforms.p.type", "Probe");

        try (TransformChain<SinkRecord> chain =
                TransformChain.create(plugins, TransformChainTest.class.getClassLoader(), config)) {
            SinkRecord out = chain.apply(new SinkRecord("t", 3, null, null, null, null, 5));

            assertThat(out.originalTopic()).isEqualTo("t");
            assertThat(out.originalKafkaOffset()).isEqualTo(5);
        }
    }

    @Test
    void isEmptyWhereNothingIsConfigured() {
        try (TransformChain<SourceRecord> chain = chain(Map.of("name", "x"))) {
            SourceRecord in = source("orders");

            assertThat(chain.isEmpty()).isTrue();
            assertThat(chain.apply(in)).isSameAs(in);
        }
    }

    @Test
    void tellsAllThatIsWrongAtOnce() {
        Map<String, String> config = config(
                "name", "shop.lake",
                "predicates", "isOrders",
                "predicates.isOrders.type", "TopicNameMatches",
                "predicates.isOrders.pattern", "[",
                "transforms", "a, b, c, d, a",
                "transforms.a.type", "RegexRouter",
                "transforms.a.predicate", "isOrder",
                "transforms.b.type", "RegexRooter",
                "transforms.c.negate", "yes",
                "transforms.d.type", "Filter",
                "transforms.d.predicate", "isOrders");

        assertThatThrownBy(() -> chain(config)).satisfies(e -> assertThat(
                        e.getMessage().lines().map(line -> line.replaceAll(" Plugins of this kind: .*", " ...")))
                .containsExactly(
                        "shop.lake [plugin.transform-config] 'transforms' names 'a' twice. Give each its own name.",
                        "shop.lake [plugin.transform-config] 'isOrder' of 'transforms.a.predicate' is not a predicate of this"
                                + " connector. Did you mean 'isOrders'? 'predicates' names [isOrders].",
                        "shop.lake [plugin.transform-config] 'transforms.a.regex' of 'org.apache.kafka.connect.transforms.RegexRouter':"
                                + " Missing required configuration \"regex\" which has no default value.",
                        "shop.lake [plugin.transform-config] 'transforms.a.replacement' of 'org.apache.kafka.connect.transforms.RegexRouter':"
                                + " Missing required configuration \"replacement\" which has no default value.",
                        "[plugin.not-found] 'RegexRooter' is not a plugin of this worker. Did you mean 'RegexRouter'? ...",
                        "shop.lake [plugin.transform-config] 'yes' is no value of 'transforms.c.negate'. Write 'true' or 'false'.",
                        "shop.lake [plugin.transform-config] 'transforms.c.negate' is set without 'transforms.c.predicate'."
                                + " Name the predicate to negate, or leave 'negate' out.",
                        "shop.lake [plugin.transform-config] 'c' has no class. Set 'transforms.c.type'.",
                        "shop.lake [plugin.transform-config] 'predicates.isOrders.pattern' of"
                                + " 'org.apache.kafka.connect.transforms.predicates.TopicNameMatches': Invalid value [ for configuration"
                                + " pattern: Invalid regex: Unclosed character class near index 0 [ ^."));
    }

    private TransformChain<SourceRecord> chain(Map<String, String> config) {
        return TransformChain.create(plugins, TransformChainTest.class.getClassLoader(), config);
    }

    private static SourceRecord source(String topic) {
        return new SourceRecord(Map.of(), Map.of(), topic, ROW, new Struct(ROW).put("id", 1));
    }

    private static Map<String, String> config(String... keysAndValues) {
        Map<String, String> config = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            config.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return config;
    }
}
