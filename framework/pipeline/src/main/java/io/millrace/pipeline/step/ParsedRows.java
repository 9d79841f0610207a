package io.millrace.pipeline.step;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.util.ArrayList;
import java.util.List;

/** The rows of the formats that always have the same fields. */
public final class ParsedRows {
    /** See the guide; a request line that is none is {@code path} as it stands, without method and protocol. */
    public static final RowType COMMON = new RowType(
            List.of(
                    required("ip", ScalarType.STRING),
                    optional("ident", ScalarType.STRING),
                    optional("user", ScalarType.STRING),
                    required("at", ScalarType.TIMESTAMP),
                    optional("method", ScalarType.STRING),
                    required("path", ScalarType.STRING),
                    optional("protocol", ScalarType.STRING),
                    optional("status", ScalarType.INT32),
                    optional("bytes", ScalarType.INT64)),
            false);

    public static final RowType COMBINED = combined();

    /** {@code data} holds RFC 5424's structured data as {@code <id>.<name>}. */
    public static final RowType SYSLOG = new RowType(
            List.of(
                    optional("facility", ScalarType.INT32),
                    optional("severity", ScalarType.INT32),
                    optional("at", ScalarType.TIMESTAMP),
                    optional("host", ScalarType.STRING),
                    optional("app", ScalarType.STRING),
                    optional("process", ScalarType.STRING),
                    optional("message_id", ScalarType.STRING),
                    optional("data", new MapType(ScalarType.STRING)),
                    optional("message", ScalarType.STRING)),
            false);

    private ParsedRows() {}

    private static RowType combined() {
        List<RowType.Field> fields = new ArrayList<>(COMMON.fields());
        fields.add(optional("referer", ScalarType.STRING));
        fields.add(optional("agent", ScalarType.STRING));
        return new RowType(fields, false);
    }

    private static RowType.Field required(String name, DataType type) {
        return new RowType.Field(name, type, true);
    }

    private static RowType.Field optional(String name, DataType type) {
        return new RowType.Field(name, type, false);
    }
}
