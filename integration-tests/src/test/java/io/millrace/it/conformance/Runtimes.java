package io.millrace.it.conformance;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.it.harness.Distribution;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.Ports;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Starts the runtimes, all with the same plugins, the same converters, and in a hurry. */
final class Runtimes {
    private static final String FLUSH_MILLIS = "400";
    private static final String GRACEFUL_MILLIS = "2000";
    private static final String TEXT = "org.apache.kafka.connect.storage.StringConverter";

    private final Path folder;
    private final Path plugins;

    Runtimes(Path folder) throws IOException {
        this.folder = folder;
        this.plugins = PluginPath.in(folder.resolve("plugins"));
    }

    RestRuntime start(Kind kind) throws Exception {
        Path own = Files.createDirectories(folder.resolve(kind.name()));
        BrokerLite broker = BrokerLite.start(new BrokerConfig(
                own.resolve("broker"),
                "127.0.0.1",
                0,
                Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500")));
        URI url = URI.create("http://127.0.0.1:" + Ports.free() + "/");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dprobe.flush.ms=" + FLUSH_MILLIS,
                "-Dprobe.graceful.ms=" + GRACEFUL_MILLIS,
                "-Dlog4j2.configurationFile=" + Distribution.project().resolve("configs/log4j2-test.xml")));
        command.addAll(kind.isOurs() ? ours(own, broker, url) : connects(kind, own, broker, url));
        Path trace = own.resolve("trace");
        MillraceProcess process = MillraceProcess.startCommand(own, Map.of("PROBE_TRACE", trace.toString()), command);
        return new RestRuntime(kind, broker, process, url, new TraceFile(trace));
    }

    private List<String> ours(Path own, BrokerLite broker, URI url) throws IOException {
        Path driver = PluginPath.jarOf(own.resolve("driver.jar"), OurWorker.class);
        return List.of(
                "-cp",
                Distribution.home().resolve("lib") + File.separator + "*" + File.pathSeparator + driver,
                OurWorker.class.getName(),
                broker.bootstrapServers(),
                Integer.toString(url.getPort()),
                plugins.toString());
    }

    private List<String> connects(Kind kind, Path own, BrokerLite broker, URI url) throws IOException {
        Map<String, String> settings = new TreeMap<>();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("listeners", url.toString().replaceAll("/$", ""));
        settings.put("plugin.path", plugins.toString());
        settings.put("key.converter", TEXT);
        settings.put("value.converter", TEXT);
        settings.put("offset.flush.interval.ms", FLUSH_MILLIS);
        settings.put("task.shutdown.graceful.timeout.ms", GRACEFUL_MILLIS);
        settings.put("consumer.metadata.max.age.ms", "1000");
        settings.put("config.providers", "probe");
        settings.put("config.providers.probe.class", "probeplugin.ProbeConfigProvider");
        settings.put("connector.client.config.override.policy", "probeplugin.ProbeOverridePolicy");
        if (kind == Kind.STANDALONE) {
            settings.put("offset.storage.file.filename", own.resolve("offsets").toString());
            // looks into every class
            settings.put("plugin.discovery", "hybrid_warn");
        } else {
            settings.put("plugin.discovery", "service_load");
            settings.putAll(distributed());
        }
        Path file = own.resolve("worker.properties");
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return List.of(
                "-cp",
                Distribution.project().resolve("integration-tests/connect-runtime/target/lib") + File.separator + "*",
                "org.apache.kafka.connect.cli.Connect" + (kind == Kind.STANDALONE ? "Standalone" : "Distributed"),
                file.toString());
    }

    private static Map<String, String> distributed() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("group.id", "connect-cluster");
        settings.put("exactly.once.source.support", "enabled");
        settings.put("scheduled.rebalance.max.delay.ms", "0");
        for (String topic : List.of("config", "offset", "status")) {
            settings.put(topic + ".storage.topic", "connect-" + (topic.equals("status") ? topic : topic + "s"));
            settings.put(topic + ".storage.replication.factor", "1");
        }
        settings.put("offset.storage.partitions", "1");
        settings.put("status.storage.partitions", "1");
        return settings;
    }
}
