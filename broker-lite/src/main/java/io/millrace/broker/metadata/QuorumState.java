package io.millrace.broker.metadata;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Utils;

/**
 * The file {@code quorum-state} of the metadata log: which epoch began last, with which leader ({@code QuorumStateData}, version 0, of Kafka
 * 4.3.1). Kafka reads and writes it as a tree, for which a start would load five hundred classes.
 */
final class QuorumState {
    private static final String NAME = "quorum-state";
    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;

    /** @param folder of the metadata log */
    QuorumState(Path folder) {
        this.file = folder.resolve(NAME);
    }

    /** The epoch that began last; 0 where none did. Other fields, of this version or another, mean nothing to a node that is alone. */
    int epoch() throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        try (JsonParser parser = JSON.createParser(Files.readAllBytes(file))) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean epoch = parser.currentName().equals("leaderEpoch");
                    parser.nextToken();
                    if (epoch) {
                        return parser.getIntValue();
                    }
                    parser.skipChildren();
                }
            }
        }
        throw new IOException("'" + file + "' has no 'leaderEpoch'");
    }

    /** Writes that this node leads from this epoch on; on the disk when it returns. */
    void write(int nodeId, int epoch) throws IOException {
        Path half = file.resolveSibling(NAME + ".tmp");
        try (FileOutputStream out = new FileOutputStream(half.toFile());
                JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("clusterId", "");
            json.writeNumberField("leaderId", nodeId);
            json.writeNumberField("leaderEpoch", epoch);
            json.writeNumberField("votedId", -1);
            json.writeNumberField("appliedOffset", 0);
            json.writeArrayFieldStart("currentVoters");
            json.writeStartObject();
            json.writeNumberField("voterId", nodeId);
            json.writeEndObject();
            json.writeEndArray();
            json.writeNumberField("data_version", 0);
            json.writeEndObject();
            json.flush();
            out.getFD().sync();
        }
        Utils.atomicMoveWithFallback(half, file);
    }
}
