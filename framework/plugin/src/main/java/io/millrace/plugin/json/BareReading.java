package io.millrace.plugin.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.jspecify.annotations.Nullable;

/** Messages that are the payload alone: without schema, or all of the one schema of the configuration. */
final class BareReading implements JsonReading {
    private final ReaderCompiler compiler;
    private final JsonFactory factory = JsonReading.newFactory();
    private volatile @Nullable Known known;

    /** @param payload null where Apache's class is to read it */
    private record Known(@Nullable Schema schema, @Nullable ValueReader payload) {}

    BareReading(ReaderCompiler compiler) {
        this.compiler = compiler;
    }

    @Override
    public @Nullable SchemaAndValue read(byte[] message) {
        Known current = known;
        if (current == null || current.payload == null) {
            return null;
        }
        try (JsonParser parser = factory.createParser(message)) {
            if (parser.nextToken() == null) {
                return null;
            }
            // What follows the first value is left unread, as Apache's class leaves it.
            return new SchemaAndValue(current.schema, current.payload.read(parser));
        } catch (IOException | RuntimeException e) {
            // Apache's class is given the same message, and says in its own words what is wrong with it, if anything.
            return null;
        }
    }

    @Override
    public void learn(byte[] message, SchemaAndValue read) {
        if (known == null) {
            known = new Known(read.schema(), compiler.compileIfCovered(read.schema()));
        }
    }
}
