package io.millrace.pipeline.step;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * {@code mask: {field: way}}: what stands in fields made unreadable, as a string; null stays null. A path goes into rows, and into each
 * element of a list.
 *
 * @param masks in the order written
 */
public record Mask(String name, List<Field> masks) implements Step {

    /** A field and how it is masked. */
    public record Field(List<String> path, Way way) {
        public Field {
            path = List.copyOf(path);
        }
    }

    /** How a value is masked: always its text. */
    public sealed interface Way permits Redact, Sha256, Hmac, KeepFirst, KeepLast, Truncate {}

    /** {@code redact}: three asterisks. */
    public record Redact() implements Way {}

    /** {@code sha256}: the digest of the UTF-8 text in lower hexadecimal. Who can list the values can undo it: see {@link Hmac}. */
    public record Sha256() implements Way {}

    /** {@code {hmac: <reference>}}: HMAC-SHA256 (RFC 2104) of the UTF-8 text, in lower hexadecimal. */
    public record Hmac(Secret secret) implements Way {}

    /** {@code {keep_first: n}}: asterisks for what follows; all of a text that is no longer than that. */
    public record KeepFirst(int count) implements Way {}

    /** {@code {keep_last: n}}: asterisks for what comes before; all of a text that is no longer than that. */
    public record KeepLast(int count) implements Way {}

    /** {@code {truncate: n}}: the first n characters. */
    public record Truncate(int count) implements Way {}

    public Mask {
        masks = List.copyOf(masks);
    }

    @Override
    public Kind kind() {
        return Kind.MASK;
    }

    @Override
    public RowType outputType(RowType input) {
        RowType output = input;
        for (Field mask : masks) {
            output = (RowType) masked(output, mask.path(), 0);
        }
        return output;
    }

    private static DataType masked(DataType type, List<String> path, int at) {
        if (type instanceof ListType list) {
            return new ListType(masked(list.element(), path, at));
        }
        if (at == path.size()) {
            return ScalarType.STRING;
        }
        if (!(type instanceof RowType row)) {
            return type;
        }
        Optional<RowType.Field> field = row.field(path.get(at));
        if (field.isEmpty()) {
            boolean leaf = at == path.size() - 1;
            return row.with(new RowType.Field(path.get(at), leaf ? ScalarType.STRING : ScalarType.UNKNOWN, false));
        }
        return row.with(new RowType.Field(
                path.get(at),
                masked(field.get().type(), path, at + 1),
                field.get().required()));
    }

    /** The secrets of this step. */
    public List<Secret> secrets() {
        return masks.stream()
                .map(Field::way)
                .filter(Hmac.class::isInstance)
                .map(way -> ((Hmac) way).secret())
                .toList();
    }

    /** The same with other secrets in the place of its own. */
    public Mask withSecrets(UnaryOperator<Secret> secrets) {
        return new Mask(
                name,
                masks.stream()
                        .map(mask -> mask.way() instanceof Hmac hmac
                                ? new Field(mask.path(), new Hmac(secrets.apply(hmac.secret())))
                                : mask)
                        .toList());
    }
}
