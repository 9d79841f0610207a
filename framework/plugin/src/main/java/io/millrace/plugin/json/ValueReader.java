package io.millrace.plugin.json;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads values of one schema. Without state, so that threads may share it. */
@FunctionalInterface
interface ValueReader {
    /**
     * @param parser at the first token of the value; afterwards at its last
     * @throws RuntimeException where the value is for Apache's class
     */
    @Nullable
    Object read(JsonParser parser) throws IOException;
}
