package io.millrace.layers.parse;

import java.util.Optional;
import org.apache.kafka.connect.data.Struct;

/** Reads one text of a format. Owned by one thread. */
public interface RowParser {

    /**
     * The row.
     *
     * @param text without the line's end
     * @param arrival of the record, milliseconds since the epoch: for times that tell no year
     * @throws ParseFault when the text is not of the format
     */
    Struct parse(String text, long arrival);

    /** The rule under which a text is dropped that is of the format and no row; empty for a row. */
    default Optional<String> dropped(String text) {
        return Optional.empty();
    }
}
