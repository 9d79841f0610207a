package io.millrace.pipeline.testcase;

import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is expected of a test.
 *
 * @param place where the expectations start
 * @param streams in the order written
 * @param deadLetters all of them, in any order; none where the test does not speak of them
 * @param late all late records by stream; none where the test does not speak of them
 * @param dropped by stream and rule
 */
public record Expected(
        Place place,
        List<OfStream> streams,
        Leftovers<DeadLetter> deadLetters,
        Leftovers<Late> late,
        List<Dropped> dropped) {

    public Expected {
        streams = List.copyOf(streams);
        dropped = List.copyOf(dropped);
    }

    /**
     * What went another way.
     *
     * @param any whether it does not matter what there is
     */
    public record Leftovers<T>(boolean any, List<T> all) {
        public Leftovers {
            all = List.copyOf(all);
        }
    }

    /** How a stream's records are compared. */
    public enum Form {
        /** These and no others, in this order. */
        EXACT,
        /** The rows that its table holds at the end, in any order. */
        LATEST,
        /** These are among them, in any order. */
        CONTAINS,
        /** So many. */
        COUNT
    }

    /**
     * Of one stream.
     *
     * @param count of {@link Form#COUNT} only
     */
    public record OfStream(StreamName stream, Place place, Form form, List<Row> rows, long count) {
        public OfStream {
            rows = List.copyOf(rows);
        }
    }

    /**
     * A record.
     *
     * @param key its fields, or its text; empty where it does not matter
     * @param value its fields; a null scalar for a delete; empty where it does not matter
     * @param headers that it must have, others may be there
     * @param partial whether it may have fields that are not named; else a field that is not named is null
     */
    public record Row(
            Place place,
            Optional<YamlNode> key,
            Optional<YamlNode> value,
            Map<String, String> headers,
            boolean partial) {
        public Row {
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
    }

    /** A dead letter; what is empty does not matter. */
    public record DeadLetter(
            Place place,
            Optional<StreamName> stream,
            Optional<String> step,
            Optional<String> rule,
            Optional<String> code) {}

    /** A late record of a stream. */
    public record Late(StreamName stream, Row row) {}

    /** How many a rule dropped. */
    public record Dropped(StreamName stream, Place place, String rule, long count) {}

    /** The fields of a map that are no {@code $words}. */
    static YamlMap plain(YamlMap map) {
        return new YamlMap(
                map.place(),
                map.entries().stream()
                        .filter(entry -> !entry.key().startsWith("$"))
                        .toList());
    }
}
