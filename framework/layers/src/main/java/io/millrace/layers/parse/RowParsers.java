package io.millrace.layers.parse;

import io.millrace.pipeline.step.Parse;

/** The parser of a declaration. */
public final class RowParsers {
    private RowParsers() {}

    public static RowParser of(Parse declaration) {
        return switch (declaration.format()) {
            case JSON -> new JsonRows(declaration);
            case CSV -> new CsvRows(declaration);
            case REGEX -> new RegexRows(declaration);
            case COMBINED -> new AccessLogRows(declaration, true);
            case COMMON -> new AccessLogRows(declaration, false);
            case LOGFMT -> new LogfmtRows(declaration);
            case SYSLOG -> new SyslogRows(declaration);
        };
    }
}
