package io.millrace.layers.step;

import io.millrace.layers.parse.ParseFault;
import io.millrace.layers.parse.RowParser;
import io.millrace.layers.parse.RowParsers;
import io.millrace.layers.record.SchemaCache;
import io.millrace.pipeline.step.Parse;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** A text to a row, in the place of the value or in a field of it. A text that is not of the format is a dead letter of the step's name. */
final class ParseStep implements RecordStep {
    private static final Schema NOTHING_KNOWN =
            SchemaBuilder.struct().optional().build();

    private final Parse declaration;
    private final RowParser parser;
    private final CharsetDecoder decoder;
    private final String code;
    private final SchemaCache<Schema> optional = new SchemaCache<>();
    private final @Nullable Assigning assigning;
    private final Schema absent;

    ParseStep(Parse declaration) {
        this.declaration = declaration;
        this.parser = RowParsers.of(declaration);
        Charset charset = declaration.settings().charset();
        this.decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        this.code = "parse." + declaration.format().name().toLowerCase(Locale.ROOT);
        this.assigning = declaration
                .target()
                .map(target -> new Assigning(List.of(target.as())))
                .orElse(null);
        this.absent = TypedValues.schema(declaration.row()).orElse(NOTHING_KNOWN);
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        Object source = source(input);
        if (source == null) {
            return assigned(input, null);
        }
        try {
            String text = bare(text(source));
            Optional<String> dropped = parser.dropped(text);
            if (dropped.isPresent()) {
                return new Outcome.Dropped(dropped.get(), true);
            }
            Struct parsed = parser.parse(text, input.source().timestamp());
            return assigning == null ? input.with(parsed) : assigned(input, parsed);
        } catch (ParseFault e) {
            return new Outcome.Failed(name(), name(), code, String.valueOf(e.getMessage()), null);
        }
    }

    private @Nullable Object source(StepRecord input) {
        if (declaration.target().isEmpty()) {
            return input.value();
        }
        Object value = input.row();
        for (String name : declaration.target().get().path()) {
            if (value == null) {
                return null;
            }
            Field field = value instanceof Struct struct ? struct.schema().field(name) : null;
            if (field == null) {
                throw new RecordFault(name(), "layers.missing-field", "the row has no field '" + path() + "'");
            }
            value = Reshape.value((Struct) value, field);
        }
        return value;
    }

    private Outcome assigned(StepRecord input, @Nullable Struct parsed) {
        Assigning into = assigning;
        if (into == null) {
            throw new RecordFault(name(), code, "there is nothing to parse");
        }
        Schema schema = parsed == null ? absent : optional.get(parsed.schema(), OptionalSchemas::of);
        Schema[] schemas = {schema};
        @Nullable Object[] values = {parsed == null ? null : copy(parsed, schema)};
        return input.with(into.apply(input.row(), schemas, values));
    }

    private String text(Object source) {
        if (source instanceof String text) {
            return text;
        }
        if (source instanceof byte[] bytes) {
            return decoded(ByteBuffer.wrap(bytes));
        }
        if (source instanceof ByteBuffer buffer) {
            return decoded(buffer.duplicate());
        }
        throw new RecordFault(
                name(),
                "layers.not-text",
                declaration.target().isPresent()
                        ? "'" + path() + "' is not text"
                        : "the value is neither bytes nor text");
    }

    private String decoded(ByteBuffer bytes) {
        int start = bytes.position();
        CharBuffer text = CharBuffer.allocate((int) Math.ceil(bytes.remaining() * (double) decoder.maxCharsPerByte()));
        decoder.reset();
        try {
            CoderResult result = decoder.decode(bytes, text, true);
            if (result.isUnderflow()) {
                result = decoder.flush(text);
            }
            if (result.isError()) {
                result.throwException();
            }
            return text.flip().toString();
        } catch (CharacterCodingException e) {
            throw new ParseFault("byte " + (bytes.position() - start + 1) + ": this is not "
                    + declaration.settings().charset().name() + "; another charset is chosen with 'charset'");
        }
    }

    /** Without a byte order mark and the line's end, which say nothing. */
    private static String bare(String text) {
        int start = text.startsWith("\uFEFF") ? 1 : 0;
        int end = text.length();
        if (end > start && text.charAt(end - 1) == '\n') {
            end--;
        }
        if (end > start && text.charAt(end - 1) == '\r') {
            end--;
        }
        return text.substring(start, end);
    }

    private String path() {
        return declaration
                .target()
                .map(target -> String.join(".", target.path()))
                .orElse("");
    }

    private static Struct copy(Struct row, Schema schema) {
        Struct copy = new Struct(schema);
        for (Field field : schema.fields()) {
            copy.put(field, row.get(field.name()));
        }
        return copy;
    }
}
