package io.millrace.connectors.common;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The folder that a connector's build makes for a worker, in a class loader that offers no more than a worker does. */
public final class PluginFolder {
    private PluginFolder() {}

    /** Opens {@code target/plugin} of the module that is tested. */
    public static URLClassLoader open() throws IOException {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("target/plugin"))) {
            for (Path jar : files.toList()) {
                jars.add(jar.toUri().toURL());
            }
        }
        return new URLClassLoader(jars.toArray(URL[]::new), new WorkerClasses());
    }

    /** What plugins share with their worker. */
    private static final class WorkerClasses extends ClassLoader {
        WorkerClasses() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (Stream.of("org.apache.kafka.", "org.slf4j.", "io.millrace.api.").anyMatch(name::startsWith)) {
                return PluginFolder.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
