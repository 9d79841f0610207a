package io.millrace.broker;

import io.millrace.broker.server.LightBroker;
import io.millrace.broker.server.ServerProperties;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The light engine behind the embedded API. */
final class LightEngine implements Engine {
    private final LightBroker broker;

    private LightEngine(LightBroker broker) {
        this.broker = broker;
    }

    static LightEngine start(BrokerConfig config) {
        Map<String, String> properties = KafkaTuning.strings(KafkaTuning.light(config));
        return start(config.folder(), () -> LightBroker.start(config.folder(), properties));
    }

    /** A broker as its properties describe it. */
    static LightEngine serve(ServerProperties properties) {
        return start(properties.folder(), () -> LightBroker.start(properties.folder(), properties.config()));
    }

    private interface Start {
        LightBroker start() throws IOException;
    }

    private static LightEngine start(Path folder, Start start) {
        try {
            return new LightEngine(start.start());
        } catch (ProblemException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "broker.start",
                            folder.toString(),
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
