package probeplugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Writes down the calls of one plugin instance, and tells what the script of its connector wants at each.
 *
 * <p>{@code probe.script} is a list of {@code <role>.<call>[#<n>]=<action>[+<action>...]}, separated by {@code ;}; n counts the calls of all instances of
 * a connector, from 1; without it the actions are for every call. {@code probe.fail} is a list of {@code <value>=<error>[*<times>]}, separated by
 * {@code ,}, for what handles single records.
 */
final class Probe {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Map<String, AtomicInteger> COUNTS = new ConcurrentHashMap<>();

    private final String role;
    private final ClassLoader own;
    private final String id;
    private volatile String connector = "";
    private volatile String task = "";
    private volatile Map<String, String> config = Map.of();

    Probe(String role, Object owner) {
        this.role = role;
        this.own = owner.getClass().getClassLoader();
        this.id = Integer.toHexString(System.identityHashCode(own)) + "." + NEXT.incrementAndGet();
        called("<init>", owner.getClass().getName());
    }

    /** From now on the calls are those of a connector. */
    void bind(Map<String, ?> given) {
        Map<String, String> known = new TreeMap<>();
        given.forEach((key, value) -> known.put(key, String.valueOf(value)));
        config = known;
        connector = known.getOrDefault("name", known.getOrDefault("probe.connector", connector));
        task = known.getOrDefault("probe.task", "");
    }

    String setting(String key, String otherwise) {
        return config.getOrDefault(key, otherwise);
    }

    /** A call for one connector of an instance that serves them all. */
    void calledFor(Map<String, ?> given, String call, Object detail) {
        write(String.valueOf(given.get("name")), call, detail);
    }

    /** A call, and what is to be done at it, in order. */
    List<String> called(String call, Object detail) {
        write(connector, call, detail);
        return actions(call);
    }

    private void write(String owner, String call, Object detail) {
        ClassLoader current = Thread.currentThread().getContextClassLoader();
        String loader = current == own
                ? "plugin"
                : current == null ? "none" : current.getClass().getSimpleName();
        Trace.write(role, id, owner, task, call, Thread.currentThread().getName(), loader, String.valueOf(detail));
    }

    /** A call whose actions are the common ones only. */
    void did(String call, Object detail) {
        called(call, detail).forEach(this::perform);
    }

    private List<String> actions(String call) {
        String script = config.getOrDefault("probe.script", "");
        if (script.isEmpty()) {
            return List.of();
        }
        int nth = count(role + "." + call);
        List<String> actions = new ArrayList<>();
        for (String entry : script.split(";")) {
            int equals = entry.indexOf('=');
            String when = entry.substring(0, equals).strip();
            if (when.equals(role + "." + call) || when.equals(role + "." + call + "#" + nth)) {
                actions.addAll(List.of(entry.substring(equals + 1).strip().split("\\+")));
            }
        }
        return actions;
    }

    private int count(String what) {
        return COUNTS.computeIfAbsent(connector + "/" + what, key -> new AtomicInteger())
                .incrementAndGet();
    }

    void perform(String action) {
        if (action.startsWith("throw ")) {
            fail(action.substring("throw ".length()));
        } else if (action.equals("hang")) {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park(this);
            }
            throw new ConnectException("interrupted while it hangs");
        } else {
            throw new IllegalArgumentException(role + " knows no action '" + action + "'");
        }
    }

    /** Throws where the configuration says so of a record's value. */
    void failing(Object value) {
        String failures = config.getOrDefault("probe.fail", "");
        for (String failure : failures.isEmpty() ? new String[0] : failures.split(",")) {
            String[] parts = failure.strip().split("[=*]");
            if (!parts[0].equals(value)) {
                continue;
            }
            if (parts.length < 3 || count("failing " + parts[0]) <= Integer.parseInt(parts[2])) {
                fail(parts[1]);
            }
        }
    }

    private void fail(String kind) {
        String message = "thrown by the probe";
        switch (kind) {
            case "retriable" -> throw new RetriableException(message);
            case "connect" -> throw new ConnectException(message);
            case "data" -> throw new DataException(message);
            case "runtime" -> throw new IllegalStateException(message);
            case "error" -> throw new NoClassDefFoundError(message);
            default -> throw new IllegalArgumentException("no error '" + kind + "'");
        }
    }

    /** What a plugin was configured with, without what only the probes read. */
    static String shown(Map<String, ?> config) {
        Map<String, Object> shown = new TreeMap<>(config);
        shown.remove("probe.script");
        return shown.toString();
    }
}
