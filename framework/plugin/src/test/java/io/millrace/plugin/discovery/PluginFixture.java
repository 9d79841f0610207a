package io.millrace.plugin.discovery;

import io.millrace.api.ConnectorShorthand;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.connect.connector.Connector;

/** Compiles sources and packs them into a plugin's jar, or leaves them as class files. */
public final class PluginFixture {
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> entries = new LinkedHashMap<>();
    private final List<Path> classPath = new ArrayList<>();

    public static PluginFixture plugin() {
        return new PluginFixture();
    }

    public PluginFixture source(String className, String text) {
        int dot = className.lastIndexOf('.');
        sources.put(className, "package " + className.substring(0, dot) + ";\n" + text);
        return this;
    }

    /** A source connector without tasks, whose version() is the given expression. */
    public PluginFixture connector(String className, String versionExpression) {
        return source(className, """
                public class %s extends org.apache.kafka.connect.source.SourceConnector {
                    public void start(java.util.Map<String, String> props) {}
                    public Class<? extends org.apache.kafka.connect.connector.Task> taskClass() { return null; }
                    public java.util.List<java.util.Map<String, String>> taskConfigs(int max) { return java.util.List.of(); }
                    public void stop() {}
                    public org.apache.kafka.common.config.ConfigDef config() { return new org.apache.kafka.common.config.ConfigDef(); }
                    public String version() { return %s; }
                }
                """.formatted(className.substring(className.lastIndexOf('.') + 1), versionExpression));
    }

    /** A value converter that writes the given text, whatever the data, and knows its configuration. */
    public PluginFixture converter(String className, String text) {
        return source(className, """
                import org.apache.kafka.connect.data.*;
                public class %s implements org.apache.kafka.connect.storage.Converter {
                    public void configure(java.util.Map<String, ?> configs, boolean isKey) {}
                    public byte[] fromConnectData(String topic, Schema schema, Object value) {
                        return ("%s@" + (Thread.currentThread().getContextClassLoader() == getClass().getClassLoader()))
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    }
                    public SchemaAndValue toConnectData(String topic, byte[] value) { return SchemaAndValue.NULL; }
                }
                """.formatted(className.substring(className.lastIndexOf('.') + 1), text));
    }

    public PluginFixture service(Class<?> service, String... classNames) {
        return entry("META-INF/services/" + service.getName(), String.join("\n", classNames) + "\n");
    }

    public PluginFixture entry(String name, String text) {
        entries.put(name, text);
        return this;
    }

    /** Compiles against another jar too. */
    public PluginFixture against(Path jar) {
        classPath.add(jar);
        return this;
    }

    public Path jar(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Path classes = classes(Files.createTempDirectory("plugin"));
            try (OutputStream out = Files.newOutputStream(file);
                    ZipOutputStream zip = new ZipOutputStream(out);
                    Stream<Path> files = Files.walk(classes)) {
                for (Path one : files.filter(Files::isRegularFile).sorted().toList()) {
                    zip.putNextEntry(
                            new ZipEntry(classes.relativize(one).toString().replace(File.separatorChar, '/')));
                    zip.write(Files.readAllBytes(one));
                }
            }
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path one :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(one);
                }
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path classes(Path folder) {
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                Path file = folder.resolve(entry.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, entry.getValue());
            }
            compile(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compile(Path folder) throws IOException {
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Path> libraries = new ArrayList<>(classPath);
        for (Class<?> shared : List.of(Connector.class, Configurable.class, ConnectorShorthand.class)) {
            libraries.add(home(shared));
        }
        String libraryPath = libraries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<JavaFileObject> units = new ArrayList<>();
            sources.forEach((name, text) -> units.add(new Source(name, text)));
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-d", folder.toString(), "-cp", libraryPath, "-proc:none"),
                            null,
                            units)
                    .call();
            if (!compiled) {
                throw new IllegalStateException(messages.toString());
            }
        }
    }

    private static Path home(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("mem:///" + className.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
