package io.millrace.layers.parse;

import io.millrace.expression.type.RowType;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.step.ParsedRows;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** Texts parsed, rows as text. */
final class ParseFixture {
    static final long ARRIVAL = Instant.parse("2026-01-02T12:00:00Z").toEpochMilli();

    private ParseFixture() {}

    static RowParser combined() {
        return parser(Parse.Format.COMBINED, ParsedRows.COMBINED, Parse.Settings.STANDARD);
    }

    static RowParser json(RowType row, String... exact) {
        Parse parse = new Parse("parse", Parse.Format.JSON, Optional.empty(), row, Parse.Settings.STANDARD);
        return RowParsers.of(parse.withExact(Set.of(exact)));
    }

    static RowParser parser(Parse.Format format, RowType row, Parse.Settings settings) {
        return RowParsers.of(new Parse("parse", format, Optional.empty(), row, settings));
    }

    static Parse.Settings pattern(String pattern) {
        return new Parse.Settings(
                StandardCharsets.UTF_8, ZoneOffset.UTC, Optional.of(pattern), ',', '"', false, Set.of());
    }

    static Parse.Settings csv(char delimiter, boolean header) {
        return new Parse.Settings(
                StandardCharsets.UTF_8, ZoneOffset.UTC, Optional.empty(), delimiter, '"', header, Set.of());
    }

    static String parsed(RowParser parser, String text) {
        return text(parser.parse(text, ARRIVAL));
    }

    /** {@code field=value|...}, with the types of nested rows left out. */
    static String text(Struct row) {
        StringBuilder text = new StringBuilder();
        for (Field field : row.schema().fields()) {
            Object value = row.get(field);
            text.append(text.length() == 0 ? "" : "|")
                    .append(field.name())
                    .append('=')
                    .append(value instanceof Struct nested ? "{" + text(nested) + "}" : value);
        }
        return text.toString();
    }

    static String fault(RowParser parser, String text) {
        try {
            parser.parse(text, ARRIVAL);
        } catch (ParseFault e) {
            return e.getMessage();
        }
        throw new AssertionError("parsed: " + text);
    }
}
