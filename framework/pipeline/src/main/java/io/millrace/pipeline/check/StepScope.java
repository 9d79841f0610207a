package io.millrace.pipeline.check;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a step stands: what enters it, and what its check may use.
 *
 * @param stream the full name of its stream
 * @param step the step's name within the stream
 * @param kind of the records that enter
 * @param row their type
 * @param key fields of their key; empty where not known
 * @param keyType of the key's fields
 * @param keyIsMade whether the stream makes its key of its rows, so that a column of the key may be renamed: it reads change events
 * @param content of the records that enter
 * @param streams what is known of the streams that come before; empty for a name that leads nowhere, which is told elsewhere
 */
record StepScope(
        String stream,
        String step,
        RawStream.Kind kind,
        RowType row,
        List<String> key,
        RowType keyType,
        boolean keyIsMade,
        StreamFacts.Content content,
        Function<String, Optional<StreamFacts>> streams,
        Expressions expressions,
        Diagnostics diagnostics) {

    boolean isTable() {
        return kind == RawStream.Kind.TABLE;
    }

    /** Tells when a closed row has no such field. */
    boolean checkField(String field, Place place) {
        if (row.open() || row.field(field).isPresent()) {
            return true;
        }
        diagnostics.error(
                "pipeline.no-such-field",
                place,
                "'" + field + "' is not a field of what enters '" + step + "' of " + stream + ".",
                DidYouMean.hint(field, row.names()) + "Fields: " + Fields.sorted(row.names()) + ".");
        return false;
    }

    /** Tells when a step would change a field of a table's key, which keeps its bytes. */
    boolean checkKeyKept(String field, Place place) {
        if (!isTable() || !key.contains(field)) {
            return true;
        }
        diagnostics.error(
                "pipeline.key-table",
                place,
                "'" + step + "' of " + stream + " changes '" + field + "', which is in the key ["
                        + String.join(", ", key) + "] of its table: the key says which row a record is.",
                "Leave the fields of the key as they are, and set another field; or aggregate by the other key.");
        return false;
    }
}
