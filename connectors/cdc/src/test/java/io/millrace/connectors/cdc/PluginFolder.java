package io.millrace.connectors.cdc;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The packed plugin as a worker loads it: it sees Java, connect-api, kafka-clients, slf4j and io.millrace.api, the rest is its own. */
final class PluginFolder {
    private static final List<String> SHARED =
            List.of("org.apache.kafka.", "org.slf4j.", "org.apache.logging.", "io.millrace.api.");

    private final Path folder = Path.of(System.getProperty("basedir", "."), "target", "plugin");

    List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    URLClassLoader open() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String jar : jars()) {
            urls.add(folder.resolve(jar).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), new SharedOnly(PluginFolder.class.getClassLoader()));
    }

    private static final class SharedOnly extends ClassLoader {
        private final ClassLoader worker;

        SharedOnly(ClassLoader worker) {
            super(ClassLoader.getPlatformClassLoader());
            this.worker = worker;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (SHARED.stream().noneMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            return worker.loadClass(name);
        }
    }
}
