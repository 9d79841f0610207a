package io.millrace.broker;

import java.nio.file.Path;
import java.util.Map;

/** Starts a broker on a named engine, for tests of other packages. */
public final class Brokers {
    private Brokers() {}

    /** @param engine {@code kafka} or {@code light} */
    public static BrokerLite start(Path folder, String engine) {
        return start(folder, engine, Map.of());
    }

    public static BrokerLite start(Path folder, String engine, Map<String, String> properties) {
        return BrokerLite.start(new BrokerConfig(folder, "127.0.0.1", 0, properties), engine);
    }

    /** The same on a given port, 0 for any. */
    public static BrokerLite start(Path folder, String engine, int port) {
        return BrokerLite.start(BrokerConfig.in(folder).onPort(port), engine);
    }
}
