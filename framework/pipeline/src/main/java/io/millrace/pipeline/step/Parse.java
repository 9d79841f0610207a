package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code parse: <format>}: the bytes or the text of a record to a row; with a {@link Target}, one text field of a row to a row inside it. A
 * text that is not of the format is a dead letter.
 *
 * @param target empty where the record's whole value is the text
 * @param row what a text becomes; open where a text may have fields that are not declared
 */
public record Parse(String name, Format format, Optional<Target> target, RowType row, Settings settings)
        implements Step {

    /** How texts are written. */
    public enum Format {
        /** RFC 8259; one object. */
        JSON,
        /** RFC 4180, one record; an unquoted empty value is null, a quoted one the empty text, as in PostgreSQL's COPY. */
        CSV,
        /** RE2 syntax, over the whole text; named groups are the fields. */
        REGEX,
        /** The NCSA common log format with referer and user agent, as Apache and nginx write it. */
        COMBINED,
        /** The NCSA common log format. */
        COMMON,
        /** {@code key=value key="quoted value"}. */
        LOGFMT,
        /** RFC 5424 or RFC 3164, each line as it comes; with or without the priority. */
        SYSLOG
    }

    /**
     * The field that is parsed and the one that the row becomes.
     *
     * @param path from the record's row down
     */
    public record Target(List<String> path, String as) {
        public Target {
            path = List.copyOf(path);
        }
    }

    /**
     * How a format is read; each looks at its own only.
     *
     * @param charset of bytes
     * @param zone of a time that has none: access logs without offset, RFC 3164
     * @param pattern of regex
     * @param delimiter of csv
     * @param quote of csv
     * @param header whether a csv text that is the names of the columns is dropped, under {@code parse.header}
     * @param exact paths of json, joined by dots, whose fractions stay decimals because a later step or the contract wants them exact
     */
    public record Settings(
            Charset charset,
            ZoneId zone,
            Optional<String> pattern,
            char delimiter,
            char quote,
            boolean header,
            Set<String> exact) {
        public static final Settings STANDARD =
                new Settings(StandardCharsets.UTF_8, ZoneOffset.UTC, Optional.empty(), ',', '"', false, Set.of());

        public Settings {
            exact = Set.copyOf(exact);
        }
    }

    @Override
    public Kind kind() {
        return Kind.PARSE;
    }

    @Override
    public RowType outputType(RowType input) {
        return target.map(to -> input.with(new RowType.Field(to.as(), row, false)))
                .orElse(row);
    }

    /** The same with the paths whose fractions stay decimals. */
    public Parse withExact(Set<String> paths) {
        Settings exact = new Settings(
                settings.charset(),
                settings.zone(),
                settings.pattern(),
                settings.delimiter(),
                settings.quote(),
                settings.header(),
                paths);
        return new Parse(name, format, target, row, exact);
    }
}
