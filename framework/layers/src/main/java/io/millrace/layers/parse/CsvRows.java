package io.millrace.layers.parse;

import io.millrace.expression.type.RowType;
import io.millrace.pipeline.step.Parse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** One record of CSV (RFC 4180). */
final class CsvRows implements RowParser {
    private final RowBuilder rows;
    private final List<String> names;
    private final char delimiter;
    private final char quote;
    private final boolean header;

    CsvRows(Parse declaration) {
        this.rows = new RowBuilder(declaration.row());
        this.names =
                declaration.row().fields().stream().map(RowType.Field::name).toList();
        this.delimiter = declaration.settings().delimiter();
        this.quote = declaration.settings().quote();
        this.header = declaration.settings().header();
    }

    @Override
    public Optional<String> dropped(String text) {
        return header && text.length() >= names.size() && names.equals(values(text))
                ? Optional.of("parse.header")
                : Optional.empty();
    }

    @Override
    public Struct parse(String text, long arrival) {
        List<@Nullable String> values = values(text);
        if (values.size() != rows.size()) {
            throw new ParseFault(
                    "the text has " + values.size() + " values, and there are " + rows.size() + " columns");
        }
        return rows.row(values.toArray());
    }

    private List<@Nullable String> values(String text) {
        List<@Nullable String> values = new ArrayList<>();
        int at = 0;
        while (true) {
            int end =
                    at < text.length() && text.charAt(at) == quote ? quoted(text, at, values) : plain(text, at, values);
            if (end >= text.length()) {
                return values;
            }
            at = end + 1;
            if (at == text.length()) {
                values.add(null);
                return values;
            }
        }
    }

    private int plain(String text, int start, List<@Nullable String> values) {
        int delimited = text.indexOf(delimiter, start);
        int end = delimited < 0 ? text.length() : delimited;
        for (int i = start; i < end; i++) {
            if (text.charAt(i) == quote) {
                throw ParseFault.at(i, "a quote stands inside of a value that does not start with one");
            }
        }
        values.add(end == start ? null : text.substring(start, end));
        return end;
    }

    private int quoted(String text, int start, List<@Nullable String> values) {
        StringBuilder value = new StringBuilder();
        int copied = start + 1;
        for (int i = start + 1; i < text.length(); i++) {
            if (text.charAt(i) != quote) {
                continue;
            }
            value.append(text, copied, i);
            if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
                copied = ++i;
                continue;
            }
            if (i + 1 < text.length() && text.charAt(i + 1) != delimiter) {
                throw ParseFault.at(i + 1, "a quoted value is followed by something else than a delimiter");
            }
            values.add(value.toString());
            return i + 1;
        }
        throw ParseFault.at(start, "a quoted value does not end");
    }
}
