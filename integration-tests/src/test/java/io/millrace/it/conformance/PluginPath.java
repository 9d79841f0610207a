package io.millrace.it.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import probeplugin.ProbeSourceConnector;

/** The probe plugins in all the shapes in which plugins come. */
final class PluginPath {
    private static final String SERVICES = "META-INF/services/";
    private static final String SOURCE = SERVICES + "org.apache.kafka.connect.source.SourceConnector";
    private static final String CONVERTER = SERVICES + "org.apache.kafka.connect.storage.Converter";

    /** What every plugin needs; none of it is a plugin itself. */
    private static final List<String> CORE =
            List.of("Trace", "Probe", "ConnectorProbe", "TracedSource", "ProbeSourceTask", "ProbeSinkTask");

    private static final List<String> MAIN = List.of(
            "ProbeSourceConnector",
            "ProbeSinkConnector",
            "BrokenSourceConnector",
            "UndefinedSourceConnector",
            "UndeclaredSourceConnector",
            "TwinSourceConnector",
            "twin/TwinSourceConnector",
            "ProbeConverter",
            "ProbeHeaderConverter",
            "ProbeTransformation",
            "ProbePredicate",
            "ProbeConfigProvider",
            "ProbeOverridePolicy");

    /** Classes that workers have too; the plugin brings its own copies. */
    static final List<String> COPIES = List.of(
            "com.fasterxml.jackson.annotation.JacksonAnnotation",
            "org.apache.kafka.connect.transforms.InsertField",
            "org.apache.kafka.connect.data.Schema",
            "org.slf4j.Logger");

    private PluginPath() {}

    /** What a plugin asks its loader for: classes that workers have too, and a resource. */
    static String asked() {
        return String.join(" ", COPIES) + " " + CONVERTER;
    }

    /** Makes the folder that {@code plugin.path} names. */
    static Path in(Path folder) throws IOException {
        jar(folder.resolve("probe/probe.jar"), main());
        jar(folder.resolve("probe-single.jar"), source("SingleJarSourceConnector"));
        for (Map.Entry<String, byte[]> entry :
                source("ClassFolderSourceConnector").entrySet()) {
            Path file = folder.resolve("probe-classes").resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
        Map<String, byte[]> unlisted = source("UnlistedSourceConnector");
        unlisted.remove(SOURCE);
        jar(folder.resolve("probe-unlisted/unlisted.jar"), unlisted);
        for (String version : List.of("1.9", "1.10")) {
            Map<String, byte[]> versioned = source("VersionedSourceConnector");
            versioned.put("probe-version.txt", version.getBytes(StandardCharsets.UTF_8));
            jar(folder.resolve("probe-versioned-" + version + "/versioned-" + version + ".jar"), versioned);
        }
        return folder;
    }

    private static Map<String, byte[]> main() throws IOException {
        Map<String, byte[]> entries = core();
        for (String name : MAIN) {
            add(entries, "probeplugin/" + name + ".class");
        }
        for (String name : COPIES) {
            add(entries, name.replace('.', '/') + ".class");
        }
        list(entries, SOURCE, "ProbeSourceConnector", "BrokenSourceConnector", "UndefinedSourceConnector");
        list(entries, SOURCE, "UndeclaredSourceConnector", "TwinSourceConnector", "twin.TwinSourceConnector");
        list(entries, SERVICES + "org.apache.kafka.connect.sink.SinkConnector", "ProbeSinkConnector");
        list(entries, CONVERTER, "ProbeConverter");
        list(entries, SERVICES + "org.apache.kafka.connect.storage.HeaderConverter", "ProbeHeaderConverter");
        list(entries, SERVICES + "org.apache.kafka.connect.transforms.Transformation", "ProbeTransformation");
        list(entries, SERVICES + "org.apache.kafka.connect.transforms.predicates.Predicate", "ProbePredicate");
        list(entries, SERVICES + "org.apache.kafka.common.config.provider.ConfigProvider", "ProbeConfigProvider");
        list(
                entries,
                SERVICES + "org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy",
                "ProbeOverridePolicy");
        return entries;
    }

    private static Map<String, byte[]> source(String connector) throws IOException {
        Map<String, byte[]> entries = core();
        add(entries, "probeplugin/" + connector + ".class");
        list(entries, SOURCE, connector);
        return entries;
    }

    private static Map<String, byte[]> core() throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        for (String name : CORE) {
            add(entries, "probeplugin/" + name + ".class");
        }
        return entries;
    }

    private static void list(Map<String, byte[]> entries, String service, String... names) {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append("probeplugin.").append(name).append('\n');
        }
        byte[] before = entries.getOrDefault(service, new byte[0]);
        entries.put(service, (new String(before, StandardCharsets.UTF_8) + text).getBytes(StandardCharsets.UTF_8));
    }

    private static void add(Map<String, byte[]> entries, String name) throws IOException {
        try (InputStream in = ProbeSourceConnector.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no '" + name + "' on the class path");
            }
            entries.put(name, in.readAllBytes());
        }
    }

    /** The classes of one class file's name and of those inside of it. */
    static Path jarOf(Path file, Class<?> type) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        String prefix = type.getName().replace('.', '/');
        Path folder;
        try {
            folder = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        List<Path> classes = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder.resolve(prefix).getParent())) {
            all.filter(each -> each.getFileName().toString().matches(type.getSimpleName() + "(\\$.*)?\\.class"))
                    .forEach(classes::add);
        }
        for (Path each : classes) {
            add(entries, folder.relativize(each).toString());
        }
        jar(file, entries);
        return file;
    }

    private static void jar(Path file, Map<String, byte[]> entries) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
    }
}
