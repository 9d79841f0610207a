package io.millrace.plugin.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginClassLoaderTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource({
        "org.apache.kafka.connect.data.Struct, true",
        "org.apache.kafka.clients.producer.KafkaProducer, true",
        "org.apache.kafka.connect.transforms.Transformation, true",
        "org.apache.kafka.connect.transforms.predicates.Predicate, true",
        "org.apache.kafka.connect.transforms.InsertField$Value, false",
        "org.apache.kafka.connect.transforms.predicates.TopicNameMatches, false",
        "org.apache.kafka.connect.transforms.TransformationStage, false",
        "org.apache.kafka.connect.json.JsonConverter, false",
        "org.apache.kafka.connect.storage.Converter, true",
        "org.apache.kafka.connect.storage.StringConverter, false",
        "org.apache.kafka.connect.converters.ByteArrayConverter, false",
        "org.apache.kafka.common.config.provider.ConfigProvider, true",
        "org.apache.kafka.common.config.provider.FileConfigProvider, false",
        "org.slf4j.Logger, true",
        "io.millrace.api.Section, true",
        "io.millrace.connectors.postgres.PostgresSource, false",
        "com.fasterxml.jackson.databind.ObjectMapper, false",
    })
    void sharesWhatKafkaConnectShares(String className, boolean shared) {
        assertThat(Isolation.isShared(className)).isEqualTo(shared);
    }

    @Test
    void loadsInParallelAndIsNamedAfterThePlugin() throws Exception {
        try (PluginClassLoader plugin = loader(getClass().getClassLoader(), supplier("lib.Any", "any"))) {
            assertThat(plugin.isRegisteredAsParallelCapable()).isTrue();
            assertThat(plugin).hasToString("PluginClassLoader[test]");
        }
    }

    @Test
    void prefersThePluginsOwnClassAndFallsBackToTheWorkers() throws Exception {
        try (URLClassLoader worker = worker();
                PluginClassLoader plugin = loader(worker, supplier("lib.Both", "plugin"))) {
            assertThat(say(plugin, "lib.Both")).isEqualTo("plugin");
            assertThat(say(plugin, "lib.WorkerOnly")).isEqualTo("worker");
        }
    }

    @Test
    void hidesTheWorkersOwnClassesButNotThePluginsOfTheSameName() throws Exception {
        try (URLClassLoader worker = worker();
                PluginClassLoader plugin = loader(worker, supplier("io.millrace.worker.Shown", "plugin"))) {
            assertThatThrownBy(() -> plugin.loadClass("io.millrace.worker.Hidden"))
                    .isInstanceOf(ClassNotFoundException.class)
                    .hasMessage("io.millrace.worker.Hidden");
            assertThat(say(plugin, "io.millrace.worker.Shown")).isEqualTo("plugin");
            assertThat(plugin.loadClass("io.millrace.api.Section")).isSameAs(io.millrace.api.Section.class);
        }
    }

    @Test
    void takesTheJdksClassBeforeThePlugins() throws Exception {
        try (URLClassLoader worker = worker();
                PluginClassLoader plugin = loader(
                        worker,
                        PluginFixture.plugin()
                                .source("javax.annotation.Nonnull", "public @interface Nonnull {}")
                                .jar(temp.resolve("annotations.jar")))) {
            assertThat(plugin.loadClass("javax.annotation.Nonnull").getClassLoader())
                    .isSameAs(plugin);
            assertThat(plugin.loadClass("javax.sql.DataSource")).isSameAs(javax.sql.DataSource.class);
            assertThat(plugin.loadClass("org.w3c.dom.Node")).isSameAs(org.w3c.dom.Node.class);
        }
    }

    @Test
    void givesItsOwnResourcesFirstAndEachOnce() throws Exception {
        try (URLClassLoader worker = worker();
                PluginClassLoader plugin = loader(
                        worker,
                        PluginFixture.plugin().entry("facts.txt", "plugin").jar(temp.resolve("facts.jar")))) {
            assertThat(text(plugin.getResource("facts.txt"))).isEqualTo("plugin");
            List<String> all = new ArrayList<>();
            for (URL url : Collections.list(plugin.getResources("facts.txt"))) {
                all.add(text(url));
            }
            assertThat(all).containsExactly("plugin", "worker");
            assertThat(plugin.getResource("absent.txt")).isNull();
        }
    }

    @Test
    void leavesOutTheWorkersProvidersOfAServiceThatThePluginBringsItself() throws Exception {
        Path jar = PluginFixture.plugin()
                .source("spi.Codec", "public interface Codec {}")
                .source("own.PluginCodec", "public class PluginCodec implements spi.Codec {}")
                .entry("META-INF/services/spi.Codec", "own.PluginCodec")
                .jar(temp.resolve("codec.jar"));
        Path workerJar = PluginFixture.plugin()
                .source("spi.Codec", "public interface Codec {}")
                .source("host.WorkerCodec", "public class WorkerCodec implements spi.Codec {}")
                .entry("META-INF/services/spi.Codec", "host.WorkerCodec")
                .jar(temp.resolve("worker-codec.jar"));

        try (URLClassLoader worker =
                        new URLClassLoader(new URL[] {workerJar.toUri().toURL()});
                PluginClassLoader plugin = loader(worker, jar);
                PluginClassLoader other = loader(worker, supplier("lib.Other", "other"))) {
            assertThat(java.util.ServiceLoader.load(plugin.loadClass("spi.Codec"), plugin))
                    .extracting(provider -> provider.getClass().getName())
                    .containsExactly("own.PluginCodec");
            assertThat(java.util.ServiceLoader.load(other.loadClass("spi.Codec"), other))
                    .extracting(provider -> provider.getClass().getName())
                    .containsExactly("host.WorkerCodec");
        }
    }

    @Test
    void entersALoaderAndComesBackNested() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ClassLoader one = new URLClassLoader(new URL[0]);
        ClassLoader two = new URLClassLoader(new URL[0]);

        try (ContextClassLoader.Scope outer = ContextClassLoader.enter(one)) {
            try (ContextClassLoader.Scope inner = ContextClassLoader.enter(two)) {
                assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(two);
                assertThat(inner).isNotSameAs(outer);
            }
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(one);
            assertThat(ContextClassLoader.enter(one)).isSameAs(ContextClassLoader.enter(one));
        }
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    private URLClassLoader worker() throws Exception {
        Path jar = PluginFixture.plugin()
                .source("lib.Both", supplierSource("Both", "worker"))
                .source("lib.WorkerOnly", supplierSource("WorkerOnly", "worker"))
                .source("io.millrace.worker.Hidden", supplierSource("Hidden", "worker"))
                .source("io.millrace.worker.Shown", supplierSource("Shown", "worker"))
                .entry("facts.txt", "worker")
                .jar(temp.resolve("worker.jar"));
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
    }

    private static PluginClassLoader loader(ClassLoader worker, Path jar) throws Exception {
        return new PluginClassLoader("test", new URL[] {jar.toUri().toURL()}, worker);
    }

    private Path supplier(String className, String says) {
        String simple = className.substring(className.lastIndexOf('.') + 1);
        return PluginFixture.plugin()
                .source(className, supplierSource(simple, says))
                .jar(temp.resolve(simple + "-plugin.jar"));
    }

    private static String supplierSource(String simpleName, String says) {
        return "public class " + simpleName + " implements java.util.function.Supplier<String> {"
                + " public String get() { return \"" + says + "\"; } }";
    }

    private static Object say(ClassLoader loader, String className) throws Exception {
        return ((Supplier<?>)
                        loader.loadClass(className).getDeclaredConstructor().newInstance())
                .get();
    }

    private static String text(URL url) throws Exception {
        try (java.io.InputStream in = url.openStream()) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
