package io.millrace.plugin.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.InsertField;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.apache.kafka.connect.transforms.predicates.TopicNameMatches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {
    @TempDir
    Path temp;

    @Test
    void loadsAListedConnectorByItsNameAndByItsAliases() {
        PluginFixture.plugin()
                .connector("acme.OrdersSourceConnector", "\"1.5\"")
                .service(SourceConnector.class, "acme.OrdersSourceConnector")
                .jar(temp.resolve("orders/acme-orders-1.5.jar"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            for (String name : List.of("acme.OrdersSourceConnector", "OrdersSourceConnector", "OrdersSource")) {
                PluginClass<Connector> found = plugins.resolve(Connector.class, name, null);

                assertThat(found.type().getName()).isEqualTo("acme.OrdersSourceConnector");
                assertThat(found.type().getClassLoader()).isSameAs(found.loader());
                assertThat(found.version()).isEqualTo("1.5");
                assertThat(found.location()).isEqualTo(temp.resolve("orders").toString());
                assertThat(found.newInstance().version()).isEqualTo("1.5");
            }
        }
    }

    @Test
    void constructsAndInitializesNothingUntilAnInstanceIsAskedFor() {
        String property = "millrace.test.constructed";
        PluginFixture.plugin()
                .source("acme.LoudConverter", """
                        public class LoudConverter implements org.apache.kafka.connect.storage.Converter {
                            static { System.setProperty("%s", "yes"); }
                            public void configure(java.util.Map<String, ?> configs, boolean isKey) {}
                            public byte[] fromConnectData(String t, org.apache.kafka.connect.data.Schema s, Object v) { return null; }
                            public org.apache.kafka.connect.data.SchemaAndValue toConnectData(String t, byte[] v) { return null; }
                        }
                        """.formatted(property))
                .service(Converter.class, "acme.LoudConverter")
                .jar(temp.resolve("loud/loud.jar"));
        System.clearProperty(property);

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            assertThat(plugins.descriptions())
                    .extracting(PluginDescription::className)
                    .contains("acme.LoudConverter");
            PluginClass<Converter> found = plugins.resolve(Converter.class, "Loud", null);
            assertThat(System.getProperty(property)).isNull();

            found.newInstance();
            assertThat(System.getProperty(property)).isEqualTo("yes");
        } finally {
            System.clearProperty(property);
        }
    }

    @Test
    void givesTwoPluginsTheirOwnVersionsOfOneLibrary() {
        for (String version : List.of("1", "2")) {
            Path library = PluginFixture.plugin()
                    .source(
                            "lib.Library",
                            "public class Library { public static String version() { return \"" + version + "\"; } }")
                    .jar(temp.resolve("p" + version + "/library-" + version + ".jar"));
            PluginFixture.plugin()
                    .against(library)
                    .connector("acme.Connector" + version, "lib.Library.version()")
                    .service(SourceConnector.class, "acme.Connector" + version)
                    .jar(temp.resolve("p" + version + "/plugin.jar"));
        }

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            assertThat(plugins.resolve(Connector.class, "acme.Connector1", null)
                            .newInstance()
                            .version())
                    .isEqualTo("1");
            assertThat(plugins.resolve(Connector.class, "acme.Connector2", null)
                            .newInstance()
                            .version())
                    .isEqualTo("2");
        }
    }

    @Test
    void loadsAPluginThatNoManifestLists() {
        PluginFixture.plugin().connector("acme.Unlisted", "null").jar(temp.resolve("unlisted/acme-unlisted-3.1.jar"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            PluginClass<Connector> found = plugins.resolve(Connector.class, "acme.Unlisted", null);

            assertThat(found.newInstance().version()).isNull();
            assertThat(found.version()).isEqualTo("3.1");
        }
    }

    @Test
    void takesSingleJarsAndFoldersOfClassFilesAsPlugins() {
        Path path = temp.resolve("path");
        Path single = PluginFixture.plugin().connector("acme.Single", "\"1\"").jar(temp.resolve("single.jar"));
        PluginFixture.plugin().connector("acme.InPath", "\"2\"").jar(path.resolve("in-path.jar"));
        PluginFixture.plugin()
                .connector("acme.Classes", "\"3\"")
                .service(SourceConnector.class, "acme.Classes # ours")
                .classes(path.resolve("classes"));

        try (Plugins plugins = Plugins.scan(List.of(single, path))) {
            assertThat(plugins.resolve(Connector.class, "acme.Single", null).location())
                    .isEqualTo(single.toString());
            assertThat(plugins.resolve(Connector.class, "acme.InPath", null).location())
                    .isEqualTo(path.resolve("in-path.jar").toString());
            assertThat(plugins.resolve(Connector.class, "Classes", null)
                            .newInstance()
                            .version())
                    .isEqualTo("3");
        }
    }

    @Test
    void leavesOutAJarThatCannotBeReadAndKeepsTheRest() throws Exception {
        PluginFixture.plugin().connector("acme.Good", "\"1\"").jar(temp.resolve("mixed/good.jar"));
        Files.writeString(temp.resolve("mixed/broken.jar"), "this is no archive");
        Files.createDirectories(temp.resolve("empty"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            assertThat(plugins.resolve(Connector.class, "acme.Good", null)
                            .newInstance()
                            .version())
                    .isEqualTo("1");
        }
    }

    @Test
    void namesThePluginWhoseConstructorThrows() {
        PluginFixture.plugin()
                .source("acme.Throwing", """
                        public class Throwing extends org.apache.kafka.connect.json.JsonConverter {
                            public Throwing() { throw new IllegalStateException("no licence"); }
                        }
                        """)
                .against(home(JsonConverter.class))
                .jar(temp.resolve("throwing/throwing.jar"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            PluginClass<Converter> found = plugins.resolve(Converter.class, "acme.Throwing", null);

            assertThatThrownBy(found::newInstance)
                    .isInstanceOf(ConnectException.class)
                    .hasMessage("Plugin 'acme.Throwing' of '" + temp.resolve("throwing")
                            + "' could not be constructed: java.lang.IllegalStateException: no licence")
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void constructsUnderThePluginsOwnLoaderAndPutsTheFormerBack() {
        PluginFixture.plugin()
                .source("acme.Where", """
                        public class Where extends org.apache.kafka.connect.json.JsonConverter
                                implements java.util.function.Supplier<ClassLoader> {
                            private final ClassLoader atConstruction = Thread.currentThread().getContextClassLoader();
                            public ClassLoader get() { return atConstruction; }
                        }
                        """)
                .against(home(JsonConverter.class))
                .jar(temp.resolve("where/where.jar"));
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            PluginClass<Converter> found = plugins.resolve(Converter.class, "acme.Where", null);

            assertThat(((Supplier<?>) found.newInstance()).get()).isSameAs(found.loader());
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        }
    }

    @Test
    void takesTheHighestVersionUnlessALoaderIsPreferred() {
        Path old = temp.resolve("a-old");
        converter("9.2.0", old);
        converter("10.0.0", temp.resolve("b-new"));
        converter("10.0.0-rc1", temp.resolve("c-candidate"));
        PluginFixture.plugin().connector("acme.Neighbour", "\"1\"").jar(old.resolve("neighbour.jar"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            ClassLoader preferred =
                    plugins.resolve(Connector.class, "acme.Neighbour", null).loader();

            assertThat(plugins.resolve(Converter.class, "acme.Text", null).version())
                    .isEqualTo("10.0.0");
            assertThat(plugins.resolve(Converter.class, "acme.Text", preferred).version())
                    .isEqualTo("9.2.0");
        }
    }

    private static void converter(String version, Path folder) {
        PluginFixture.plugin()
                .converter("acme.Text", version)
                .service(Converter.class, "acme.Text")
                .entry(
                        "META-INF/maven/acme/text/pom.properties",
                        "groupId=acme\nartifactId=text\nversion=" + version + "\n")
                .jar(folder.resolve("text.jar"));
    }

    @Test
    void findsApachesOwnPluginsOnTheClassPath() {
        try (Plugins plugins = Plugins.scan(List.of())) {
            PluginClass<Converter> json = plugins.resolve(Converter.class, "JsonConverter", null);

            assertThat(json.type()).isEqualTo(JsonConverter.class);
            assertThat(json.location()).isEqualTo("class path");
            assertThat(json.version()).matches("4\\.\\d+\\.\\d+");
            assertThat(plugins.resolve(Converter.class, "Json", null).type()).isEqualTo(JsonConverter.class);
            assertThat(plugins.resolve(HeaderConverter.class, "JsonConverter", null)
                            .type())
                    .isEqualTo(JsonConverter.class);
            assertThat(plugins.resolve(Transformation.class, InsertField.Value.class.getName(), null)
                            .type())
                    .isEqualTo(InsertField.Value.class);
            assertThat(plugins.resolve(Predicate.class, "TopicNameMatches", null)
                            .type())
                    .isEqualTo(TopicNameMatches.class);
        }
    }

    @Test
    void keepsTheWorkersJsonConverterBesideAPluginThatShadesOne() {
        Path shading = temp.resolve("shading");
        PluginFixture.plugin()
                .converter("org.apache.kafka.connect.json.JsonConverter", "shaded")
                .connector("acme.Shading", "\"1\"")
                .service(Converter.class, "org.apache.kafka.connect.json.JsonConverter")
                .jar(shading.resolve("acme-shading-99.0.jar"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            PluginClass<Connector> connector = plugins.resolve(Connector.class, "acme.Shading", null);

            assertThat(plugins.resolve(Converter.class, "JsonConverter", null).type())
                    .isEqualTo(JsonConverter.class);
            assertThat(plugins.resolve(Converter.class, "JsonConverter", connector.loader())
                            .loader())
                    .isSameAs(connector.loader());
        }
    }

    @Test
    void refusesAnAmbiguousAliasAndNamesWhatItCouldMean() {
        for (String owner : List.of("acme", "zeta")) {
            PluginFixture.plugin()
                    .connector(owner + ".JdbcSourceConnector", "\"1\"")
                    .service(SourceConnector.class, owner + ".JdbcSourceConnector")
                    .jar(temp.resolve(owner + "/jdbc.jar"));
        }

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            assertThatThrownBy(() -> plugins.resolve(Connector.class, "JdbcSource", null))
                    .hasMessage(
                            "[plugin.ambiguous-alias] 'JdbcSource' is the short name of several plugins of this worker:"
                                    + " acme.JdbcSourceConnector, zeta.JdbcSourceConnector. Write the whole class name.");
            assertThat(plugins.descriptions())
                    .filteredOn(plugin -> plugin.kind() == PluginKind.SOURCE)
                    .containsExactly(
                            new PluginDescription(
                                    "acme.JdbcSourceConnector",
                                    PluginKind.SOURCE,
                                    "undefined",
                                    temp.resolve("acme").toString(),
                                    List.of()),
                            new PluginDescription(
                                    "zeta.JdbcSourceConnector",
                                    PluginKind.SOURCE,
                                    "undefined",
                                    temp.resolve("zeta").toString(),
                                    List.of()));
        }
    }

    @Test
    void suggestsWhatWasMeantByAnUnknownName() {
        PluginFixture.plugin()
                .connector("io.acme.PostgresConnector", "\"1\"")
                .service(SourceConnector.class, "io.acme.PostgresConnector")
                .jar(temp.resolve("postgres/postgres.jar"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            assertThatThrownBy(() -> plugins.resolve(Connector.class, "io.acme.PostgresConnecto", null))
                    .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.exitCode())
                            .isEqualTo(ExitCode.YOURS))
                    .hasMessage("[plugin.not-found] 'io.acme.PostgresConnecto' is not a plugin of this worker."
                            + " Did you mean 'io.acme.PostgresConnector'?"
                            + " Plugins of this kind: io.acme.PostgresConnector. Searched: " + temp
                            + ", the class path.");
        }
        try (Plugins plugins = Plugins.scan(List.of())) {
            assertThatThrownBy(() -> plugins.resolve(Connector.class, "Postgres", null))
                    .hasMessage(
                            "[plugin.not-found] 'Postgres' is not a plugin of this worker."
                                    + " It has no plugins of this kind. Only the class path was searched: no plugin path is set.");
        }
    }

    @Test
    void refusesAClassOfAnotherKind() {
        PluginFixture.plugin().connector("acme.Source", "\"1\"").jar(temp.resolve("source/source.jar"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            assertThatThrownBy(() -> plugins.resolve(SinkConnector.class, "acme.Source", null))
                    .hasMessage("[plugin.wrong-kind] 'acme.Source' of '" + temp.resolve("source")
                            + "' is not a SinkConnector that can be constructed."
                            + " Name a class that implements 'org.apache.kafka.connect.sink.SinkConnector'.");
        }
    }

    @Test
    void refusesAListedClassThatIsNotThere() {
        PluginFixture.plugin()
                .connector("acme.Present", "\"1\"")
                .service(SourceConnector.class, "acme.Gone", "acme.Present")
                .jar(temp.resolve("gone/gone.jar"));

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            assertThatThrownBy(() -> plugins.resolve(Connector.class, "Gone", null))
                    .hasMessage("[plugin.not-loadable] 'acme.Gone' of '" + temp.resolve("gone")
                            + "' cannot be loaded: java.lang.ClassNotFoundException: acme.Gone."
                            + " Check that the plugin's folder holds all of its jars.");
            assertThat(plugins.resolve(Connector.class, "Present", null)
                            .newInstance()
                            .version())
                    .isEqualTo("1");
        }
    }

    @Test
    void refusesAPluginPathThatDoesNotExistNamingEveryEntry() {
        Path one = temp.resolve("one");
        Path two = temp.resolve("two");

        assertThatThrownBy(() -> Plugins.scan(List.of(one, two)))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.YOURS))
                .hasMessage("[plugin.path-missing] '" + one + "' on the plugin path does not exist."
                        + " Create the folder, or take it off the plugin path.\n"
                        + "[plugin.path-missing] '" + two + "' on the plugin path does not exist."
                        + " Create the folder, or take it off the plugin path.");
    }

    @Test
    void givesTheProvidersOfAServiceAndLeavesOutTheOnesThatFail() {
        for (String name : List.of("one", "two")) {
            PluginFixture.plugin()
                    .source(
                            "acme.Hello",
                            "public class Hello implements java.util.function.Supplier<String> {"
                                    + " public String get() { return \"" + name + "\"; } }")
                    .source(
                            "acme.Bad",
                            "public class Bad implements java.util.function.Supplier<String> {"
                                    + " public Bad() { throw new RuntimeException(); } public String get() { return null; } }")
                    .service(Supplier.class, "acme.Bad", "acme.Hello", "acme.Absent")
                    .jar(temp.resolve(name + "/hello.jar"));
        }

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            assertThat(plugins.services(Supplier.class)).hasSize(2).allSatisfy(service -> assertThat(
                            service.provider().getClass().getClassLoader())
                    .isSameAs(service.loader()));
            assertThat(plugins.services(Supplier.class))
                    .extracting(service -> service.provider().get())
                    .containsExactly("one", "two");
        }
    }

    static Path home(Class<?> type) {
        return Path.of(java.net.URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
