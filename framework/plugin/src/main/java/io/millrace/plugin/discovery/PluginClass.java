package io.millrace.plugin.discovery;

import java.lang.reflect.InvocationTargetException;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * A loaded class of a plugin.
 *
 * @param loader the plugin's loader: the context class loader of every call into the plugin
 * @param version of its jar, or {@code undefined}
 * @param location the plugin's folder or jar, or {@code class path}
 */
public record PluginClass<T>(Class<? extends T> type, ClassLoader loader, String version, String location) {

    /**
     * A new instance, constructed under the plugin's loader.
     *
     * @throws ConnectException naming the plugin, when it cannot be constructed
     */
    public T newInstance() {
        try (ContextClassLoader.Scope ignored = ContextClassLoader.enter(loader)) {
            return type.getDeclaredConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw failure(e);
        }
    }

    /**
     * To be held around every call of an instance, {@code config()} included: Debezium, for one, looks its classes up by the context class
     * loader while it declares its configuration.
     */
    public ContextClassLoader.Scope enter() {
        return ContextClassLoader.enter(loader);
    }

    private ConnectException failure(Throwable cause) {
        return new ConnectException(
                "Plugin '" + type.getName() + "' of '" + location + "' could not be constructed: " + cause, cause);
    }
}
