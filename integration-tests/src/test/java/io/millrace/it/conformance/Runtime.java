package io.millrace.it.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** A worker that connectors run on. Safe for use by many threads. */
interface Runtime extends AutoCloseable {
    /** An answer of the worker, with the status code that Connect's REST interface has for it. */
    record Answer(int status, JsonNode body) {
        boolean isGood() {
            return status / 100 == 2;
        }
    }

    /** Something that can be done to a connector that runs. */
    enum Wish {
        PAUSE,
        RESUME,
        STOP,
        RESTART
    }

    Kind kind();

    String bootstrapServers();

    /** Makes a connector, or gives it another configuration. */
    Answer put(String connector, Map<String, String> config) throws Exception;

    /** Makes a connector that does not run at once. */
    Answer create(String connector, Map<String, String> config, String initialState) throws Exception;

    Answer delete(String connector) throws Exception;

    Answer wish(String connector, Wish wish) throws Exception;

    Answer restartTask(String connector, int task) throws Exception;

    /** As Connect's REST interface gives it. */
    Answer status(String connector) throws Exception;

    Answer offsets(String connector) throws Exception;

    /** @param offsets as in the body of Connect's REST interface; null removes all */
    Answer alterOffsets(String connector, String offsets) throws Exception;

    /** Of the plugins of a connector, in the order they were made. */
    List<Call> calls(String connector) throws Exception;

    /** What the process printed. */
    String output();

    @Override
    void close();
}
