package io.millrace.plugin.discovery;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The loader of one plugin: child first, as Kafka Connect's (KIP-146), with two differences. The worker's own {@code io.millrace} classes
 * cannot be seen, except {@code io.millrace.api}. And where a plugin brings a service's interface itself, the worker's providers of that service are
 * left out of {@link #getResources}, since none of them could be a subtype of the plugin's interface.
 */
public final class PluginClassLoader extends URLClassLoader {
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();
    private static final String SERVICES = "META-INF/services/";

    static {
        ClassLoader.registerAsParallelCapable();
    }

    private final ClassLoader worker;

    PluginClassLoader(String name, URL[] urls, ClassLoader worker) {
        super(name, urls, worker);
        this.worker = worker;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> type = findLoadedClass(name);
            if (type == null) {
                type = find(name);
            }
            if (resolve) {
                resolveClass(type);
            }
            return type;
        }
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        if (Isolation.isShared(name)) {
            return super.loadClass(name, false);
        }
        if (Isolation.mayBeOfThePlatform(name)) {
            try {
                return PLATFORM.loadClass(name);
            } catch (ClassNotFoundException e) {
                // a name that the platform does not have, such as javax.annotation.Nonnull: the plugin's own
            }
        }
        try {
            return findClass(name);
        } catch (ClassNotFoundException e) {
            if (Isolation.isHidden(name)) {
                throw e;
            }
            return worker.loadClass(name);
        }
    }

    /** Whether the plugin's own files hold the class and it would be loaded from there. Loads nothing. */
    boolean hasOwn(String className) {
        return !Isolation.isShared(className) && findResource(Isolation.resourceName(className)) != null;
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Map<String, URL> found = new LinkedHashMap<>();
        addAll(found, findResources(name));
        boolean ownService = name.startsWith(SERVICES) && hasOwn(name.substring(SERVICES.length()));
        if (!ownService) {
            addAll(found, worker.getResources(name));
        }
        return Collections.enumeration(found.values());
    }

    @Override
    public String toString() {
        return "PluginClassLoader[" + getName() + "]";
    }

    private static void addAll(Map<String, URL> found, Enumeration<URL> more) {
        while (more.hasMoreElements()) {
            URL url = more.nextElement();
            found.putIfAbsent(url.toExternalForm(), url);
        }
    }
}
