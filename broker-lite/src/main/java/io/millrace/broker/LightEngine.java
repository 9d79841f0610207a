package io.millrace.broker;

import io.millrace.broker.server.LightBroker;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The light engine behind the embedded API. */
final class LightEngine implements Engine {
    private final LightBroker broker;

    private LightEngine(LightBroker broker) {
        this.broker = broker;
    }

    static LightEngine start(BrokerConfig config) {
        Properties properties = KafkaTuning.light(config);
        Map<String, String> map = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> map.put(name, properties.getProperty(name)));
        try {
            return new LightEngine(LightBroker.start(config.folder(), map));
        } catch (ProblemException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "broker.start",
                            config.folder().toString(),
                            "The broker did not start: " + e.getMessage() + ".",
                            "The log tells more; the data folder was left as it is."),
                    e);
        }
    }

    @Override
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        broker.close();
    }
}
