package probeplugin;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceConnectorContext;

/** What both kinds of probe connectors do. */
final class ConnectorProbe {
    private static final long LOOK_NANOS = 20_000_000;

    private final Probe probe;
    private final ClassLoader own;
    private ConnectorContext context;
    private Map<String, String> config = Map.of();
    private volatile boolean stopped;

    ConnectorProbe(Object owner) {
        own = owner.getClass().getClassLoader();
        probe = new Probe("connector", owner);
    }

    Probe probe() {
        return probe;
    }

    void initialize(ConnectorContext given) {
        context = given;
        boolean source = given instanceof SourceConnectorContext;
        boolean reader = source && ((SourceConnectorContext) given).offsetStorageReader() != null;
        probe.called("initialize", (source ? "source context" : "other context") + ", offset reader " + reader);
    }

    void start(Map<String, String> props) {
        stopped = false;
        config = new HashMap<>(props);
        probe.bind(props);
        List<String> actions = probe.called("start", Probe.shown(props));
        if (!probe.setting("probe.look", "").isEmpty()) {
            look(probe.setting("probe.look", "").split(" "));
        }
        for (String action : actions) {
            if (action.startsWith("when ")) {
                await(action.substring("when ".length()));
            } else {
                probe.perform(action);
            }
        }
    }

    /** Waits for a file of the wish's name, then wishes it, on a thread of its own. */
    private void await(String what) {
        Path file = wish(what);
        Thread thread = new Thread(
                () -> {
                    while (!Files.exists(file)) {
                        if (stopped) {
                            return;
                        }
                        LockSupport.parkNanos(this, LOOK_NANOS);
                    }
                    probe.called("wish", what);
                    if (what.startsWith("raise")) {
                        context.raiseError(new ConnectException("raised by the probe"));
                    } else {
                        context.requestTaskReconfiguration();
                    }
                },
                "probe-wish");
        thread.setDaemon(true);
        thread.start();
    }

    private Path wish(String what) {
        return Path.of(probe.setting("probe.wishes", "")).resolve(probe.setting("name", "") + "." + what);
    }

    /** Where classes and resources come from. */
    private void look(String[] names) {
        for (String name : names) {
            try {
                if (name.contains("/")) {
                    List<URL> all = Collections.list(own.getResources(name));
                    boolean first = !all.isEmpty() && all.get(0).equals(own.getResource(name));
                    boolean once = new LinkedHashSet<>(all).size() == all.size();
                    String place = all.isEmpty() ? "none" : all.get(0).getPath().contains("probe") ? "own" : "parent";
                    probe.called(
                            "resource " + name,
                            place + " first, more " + (all.size() > 1) + ", the same as getResource " + first
                                    + ", each once " + once);
                } else {
                    ClassLoader from = Class.forName(name, false, own).getClassLoader();
                    probe.called("class " + name, from == own ? "own" : "parent");
                }
            } catch (Exception | LinkageError e) {
                probe.called("look " + name, e.toString());
            }
        }
    }

    List<Map<String, String>> taskConfigs(int max) {
        int count = Math.min(max, Integer.parseInt(probe.setting("probe.tasks", "1")));
        for (String action : probe.called("taskConfigs", max)) {
            if (action.equals("extra")) {
                count = max + 1;
            } else {
                probe.perform(action);
            }
        }
        // from the moment there is this file the tasks are to be others
        String generation = Files.exists(wish("change")) ? "2" : "1";
        List<Map<String, String>> configs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, String> one = new HashMap<>(config);
            one.put("probe.task", Integer.toString(i));
            one.put("probe.generation", generation);
            // the worker is to add them again
            one.remove("topics");
            configs.add(one);
        }
        return configs;
    }

    void stop() {
        stopped = true;
        probe.did("stop", "");
    }

    Config validated(Map<String, String> given, Config result) {
        probe.calledFor(given, "validate", "");
        if (given.containsKey("probe.refuse")) {
            result.configValues().stream()
                    .filter(value -> value.name().equals("probe.refuse"))
                    .forEach(value -> value.addErrorMessage("refused by the probe"));
        }
        return result;
    }

    ConfigDef config() {
        probe.called("config", "");
        return new ConfigDef()
                .define("probe.number", Type.INT, 1, Importance.LOW, "a number")
                .define("probe.refuse", Type.STRING, "", Importance.LOW, "makes validate refuse");
    }

    String version(String version) {
        probe.called("version", "");
        return version;
    }
}
