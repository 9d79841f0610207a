package io.millrace.connectors.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.connectors.search.SearchIndexSinkConfig.IndexOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it, before documents are written, that their index exists and has their fields. Remembers what it has seen. Fields are only ever added;
 * other tasks that do the same at the same time are no hindrance.
 */
final class Indices {
    private static final Logger LOG = LoggerFactory.getLogger(Indices.class);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final SearchClient client;
    private final IndexOptions options;
    private final Mappings mappings;
    private final Map<String, Set<Schema>> prepared = new HashMap<>();

    Indices(SearchClient client, IndexOptions options, Mappings mappings) {
        this.client = client;
        this.options = options;
        this.mappings = mappings;
    }

    /**
     * Prepares the index of an operation.
     *
     * @throws RetriableException when the server does not answer or is overloaded
     * @throws ConnectException when the index is missing and may not be made, or the server refuses
     */
    void prepare(Operation operation) {
        String index = operation.index();
        @Nullable
        Schema schema = operation.document().isPresent() ? operation.record().valueSchema() : null;
        Set<Schema> schemas = prepared.get(index);
        if (schemas != null && (schema == null || schemas.contains(schema))) {
            return;
        }
        try {
            ensure(index, schema == null ? mappings.common() : mappings.properties(schema));
        } catch (IOException e) {
            throw new RetriableException("The index '" + index + "' cannot be looked at: " + e.getMessage() + ".", e);
        }
        Set<Schema> known = prepared.computeIfAbsent(index, name -> new HashSet<>());
        if (schema != null) {
            known.add(schema);
        }
    }

    /** Looks again next time: somebody may have removed it. */
    void forget(String index) {
        prepared.remove(index);
    }

    private void ensure(String index, ObjectNode properties) throws IOException {
        Answer mapping = client.get(path(index) + "/_mapping");
        if (mapping.status() == 404) {
            if (create(index, properties)) {
                return;
            }
            mapping = client.get(path(index) + "/_mapping");
        }
        check(mapping, "The mapping of index '" + index + "' cannot be read");
        if (!options.addFields()) {
            return;
        }
        // an alias may stand for several
        for (JsonNode one : mapping.body()) {
            ObjectNode missing =
                    Mappings.missing(properties, one.path("mappings").path("properties"));
            if (!missing.isEmpty()) {
                addFields(index, missing);
            }
        }
    }

    /** Whether it was made here, and not by another task. */
    private boolean create(String index, ObjectNode properties) throws IOException {
        if (!options.create()) {
            throw new ConnectException(
                    "The index '" + index
                            + "' does not exist. Make it, or set 'create_index' to true to have it made from the records' schema.");
        }
        ObjectNode body = NODES.objectNode();
        ObjectNode settings = body.putObject("settings");
        settings.put("index.gc_deletes", options.gcDeletes().toMillis() + "ms");
        options.shards().ifPresent(count -> settings.put("index.number_of_shards", count));
        options.replicas().ifPresent(count -> settings.put("index.number_of_replicas", count));
        body.putObject("mappings").set("properties", properties);
        Answer answer = client.put(path(index), body);
        if (answer.status() == 400 && answer.errorType().equals("resource_already_exists_exception")) {
            return false;
        }
        check(answer, "The index '" + index + "' cannot be made");
        LOG.info("index made (index={}, fields={})", index, properties.size());
        return true;
    }

    private void addFields(String index, ObjectNode missing) throws IOException {
        ObjectNode body = NODES.objectNode();
        body.set("properties", missing);
        check(
                client.put(path(index) + "/_mapping", body),
                "The fields " + names(missing) + " cannot be added to index '" + index + "'");
        LOG.info("fields added to the index (index={}, fields={})", index, names(missing));
    }

    private static String path(String index) {
        return "/" + URLEncoder.encode(index, StandardCharsets.UTF_8);
    }

    private static String names(ObjectNode properties) {
        return properties.properties().stream().map(Map.Entry::getKey).toList().toString();
    }

    private static void check(Answer answer, String what) {
        if (answer.isGood()) {
            return;
        }
        String told = what + ": " + answer.node() + " answers with HTTP status " + answer.status() + ", "
                + answer.reason() + ".";
        if (answer.isTransient()) {
            throw new RetriableException(told);
        }
        throw new ConnectException(told
                + (answer.isForbidden()
                        ? " Correct the credentials, or allow their owner to make indices and mappings (or set 'create_index' and"
                                + " 'add_fields' to false)."
                        : " Make the index by hand with a mapping of your own, and set 'add_fields' to false."));
    }
}
