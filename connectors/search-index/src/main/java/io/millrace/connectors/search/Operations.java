package io.millrace.connectors.search;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.connectors.common.Origin;
import io.millrace.connectors.common.StreamRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Makes operations of records. */
final class Operations {
    private static final JsonFactory JSON = new JsonFactory();

    private final SearchIndexSinkConfig config;
    private final Documents documents;
    private final DocumentIds ids;

    Operations(SearchIndexSinkConfig config) {
        this.config = config;
        this.documents = new Documents(config.decimalsAsText());
        this.ids = new DocumentIds(config.id(), documents);
    }

    /**
     * What a record does.
     *
     * @throws DataException when the record can never be written
     * @throws ConnectException when the configuration names no index for its topic
     */
    Operation of(SinkRecord record) {
        Coordinates coordinates = Coordinates.of(record);
        StreamRef stream = config.stream(coordinates.topic());
        String index = index(stream, coordinates.topic());
        Object value = record.value();
        if (value == null && !ids.namesDeleted()) {
            throw new DataException(
                    "The record has no value: only with 'id: key' does such a record say which document it"
                            + " deletes. Set 'id: key', or filter these records in an earlier layer.");
        }
        String id = ids.of(record, coordinates);
        Optional<byte[]> document = value == null
                ? Optional.empty()
                : Optional.of(documents.json(record.valueSchema(), value, origin(record, stream)));
        return new Operation(
                record,
                index,
                id,
                coordinates.version(),
                document,
                action(document.isPresent() ? "index" : "delete", index, id, coordinates.version()));
    }

    private Optional<String> origin(SinkRecord record, StreamRef stream) {
        return config.origin() ? Origin.of(record, stream) : Optional.empty();
    }

    private String index(StreamRef stream, String topic) {
        String index = config.index().of(stream, topic);
        IndexName.nameTrouble(index).ifPresent(trouble -> {
            throw new ConnectException("The index of topic '" + topic + "': " + trouble.text()
                    + " Change 'index', which is '" + config.index().template() + "'.");
        });
        return index;
    }

    private static byte[] action(String name, String index, String id, long version) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeObjectFieldStart(name);
            out.writeStringField("_index", index);
            out.writeStringField("_id", id);
            out.writeNumberField("version", version);
            out.writeStringField("version_type", "external");
            out.writeEndObject();
            out.writeEndObject();
        } catch (IOException e) {
            throw new DataException("The document's id cannot be written as JSON: " + e.getMessage() + ".", e);
        }
        return bytes.toByteArray();
    }
}
