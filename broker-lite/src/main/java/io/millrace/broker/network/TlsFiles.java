package io.millrace.broker.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.network.ListenerReconfigurable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key and trust store files of one listener: when one is replaced, new connections get the new keys, and those that are open stay. Files that
 * cannot be used, or that Kafka takes for another server's, change nothing. One thread at a time.
 */
final class TlsFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

    private final Listener listener;
    private final Map<String, ?> properties;
    private final List<Path> files;
    private final List<Channels> channels = new ArrayList<>();
    private List<String> seen;

    private record Channels(Processor processor, ListenerReconfigurable builder) {}

    /** @param properties of the listener */
    TlsFiles(Listener listener, Map<String, ?> properties) {
        this.listener = listener;
        this.properties = properties;
        this.files = Stream.of(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)
                .map(properties::get)
                .filter(String.class::isInstance)
                .map(file -> Path.of((String) file))
                .toList();
        this.seen = stamps();
    }

    void add(Processor processor, ListenerReconfigurable builder) {
        channels.add(new Channels(processor, builder));
    }

    /** Takes over files that have changed since the last look. */
    void look() {
        List<String> now = stamps();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            // all first: a file that cannot be used must not leave the threads of a listener with different keys
            for (Channels each : channels) {
                each.builder().validateReconfiguration(properties);
            }
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("listener", listener.name().value())
                    .addKeyValue("error", e.getMessage())
                    .log("The listener's changed key or trust store cannot be used; it goes on with the former one");
            return;
        }
        channels.forEach(each -> each.processor().onThread(() -> each.builder().reconfigure(properties)));
        LOG.atInfo()
                .addKeyValue("listener", listener.name().value())
                .log("New connections get the listener's changed key and trust stores");
    }

    private List<String> stamps() {
        return files.stream().map(TlsFiles::stamp).toList();
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + "/" + Files.size(file);
        } catch (IOException e) {
            return "missing";
        }
    }
}
