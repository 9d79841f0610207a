package io.millrace.dev.searchprocess;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an OpenSearch node until it is told to end, or until its folder's {@code server.json} is gone or names another process.
 * PostgreSQL does likewise with its postmaster.pid.
 */
public final class SearchProcess {
    private static final Logger LOG = LoggerFactory.getLogger(SearchProcess.class);
    private static final long INTERVAL_SECONDS = 5;

    private final Path record;
    private final String mine;
    private boolean missedBefore;

    SearchProcess(Path record, long pid) {
        this.record = record;
        this.mine = "\"pid\":" + pid + "}";
    }

    /** The node as a library: no launcher, no security manager, no bootstrap checks of a production machine. */
    private static final class PlainNode extends Node {
        PlainNode(Settings settings, Path home) {
            super(
                    InternalSettingsPreparer.prepareEnvironment(
                            settings, Map.of(), home.resolve("config"), () -> "millrace-dev"),
                    List.of(Netty4Plugin.class),
                    false);
        }
    }

    /** Arguments: {@code --settings <file>}, properties with OpenSearch's names; the record lies beside that file. */
    public static void main(String[] arguments) {
        Path file = Path.of(arguments[1]);
        try {
            Node node = new PlainNode(settings(file), file.resolveSibling("home"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "close"));
            node.start();
        } catch (Exception e) {
            LOG.atError().setCause(e).log("the node does not start");
            // Not exit: threads of a half started node would have to be waited for.
            Runtime.getRuntime().halt(1);
        }
        watch(new SearchProcess(
                file.resolveSibling("server.json"), ProcessHandle.current().pid()));
    }

    private static Settings settings(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        Settings.Builder settings = Settings.builder();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings.build();
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (IOException e) {
            LOG.atWarn()
                    .setCause(e)
                    .log("the node did not close cleanly; its log of changes is replayed at the next start");
        }
    }

    private static void watch(SearchProcess process) {
        // No daemon: all threads of a node are, so that this one is what keeps the process.
        ScheduledExecutorService watch =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "folder-watch"));
        watch.scheduleWithFixedDelay(
                () -> {
                    if (process.isAbandoned()) {
                        LOG.atWarn().log("the folder of this server is gone or belongs to another one; ending");
                        // Not exit: the end of a server whose files are gone must not wait for anything.
                        Runtime.getRuntime().halt(0);
                    }
                },
                INTERVAL_SECONDS,
                INTERVAL_SECONDS,
                TimeUnit.SECONDS);
    }

    /** Whether two looks in a row did not find this process on record; one may fall between start and record. */
    boolean isAbandoned() {
        boolean missed = !isOnRecord();
        boolean abandoned = missed && missedBefore;
        missedBefore = missed;
        return abandoned;
    }

    private boolean isOnRecord() {
        try {
            return Files.readString(record).contains(mine);
        } catch (IOException e) {
            return false;
        }
    }
}
