package io.millrace.worker.herder;

import io.millrace.worker.connector.TargetState;
import io.millrace.worker.connector.TaskConfigs;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Of a worker that is alone and is told anew at each start what it is to run. */
public final class MemoryConfigStore implements ConfigStore {
    private ClusterConfig config = ClusterConfig.EMPTY;
    private Runnable changed = () -> {};

    @Override
    public synchronized void start(Runnable listener) {
        changed = listener;
    }

    @Override
    public synchronized ClusterConfig current() {
        return config;
    }

    @Override
    public void putConnector(String name, Map<String, String> connectorConfig, Optional<TargetState> target) {
        change(before -> {
            ClusterConfig.Entry known = before.connectors().get(name);
            ClusterConfig.Entry entry = known == null
                    ? new ClusterConfig.Entry(connectorConfig, TargetState.STARTED, TaskConfigs.NONE)
                    : known.withConfig(connectorConfig);
            return before.with(name, target.map(entry::withTarget).orElse(entry));
        });
    }

    @Override
    public void removeConnector(String name) {
        change(before -> before.without(name));
    }

    @Override
    public void putTarget(String name, TargetState target) {
        change(before -> {
            ClusterConfig.Entry known = before.connectors().get(name);
            return known == null ? before : before.with(name, known.withTarget(target));
        });
    }

    @Override
    public void putTasks(String name, TaskConfigs tasks) {
        change(before -> {
            ClusterConfig.Entry known = before.connectors().get(name);
            return known == null ? before : before.with(name, known.withTasks(tasks));
        });
    }

    private void change(UnaryOperator<ClusterConfig> change) {
        Runnable tell;
        synchronized (this) {
            config = change.apply(config);
            tell = changed;
        }
        tell.run();
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
