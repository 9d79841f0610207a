package io.millrace.layers.step;

import io.millrace.pipeline.step.Standardise;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Cleans strings. A field that is not a string, or that the row lacks, is a dead letter; null stays null. */
final class StandardiseStep implements RecordStep {
    private static final Pattern ENDS = Pattern.compile("^[\\s\\p{Z}]+|[\\s\\p{Z}]+$", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern RUNS = Pattern.compile("[\\s\\p{Z}]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern NOT_DIGITS = Pattern.compile("[^0-9]+");

    private final Standardise declaration;
    private final Assigning assigning;

    StandardiseStep(Standardise declaration) {
        this.declaration = declaration;
        this.assigning = new Assigning(new ArrayList<>(declaration.rules().keySet()));
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        Struct row = input.row();
        int count = declaration.rules().size();
        Schema[] schemas = new Schema[count];
        @Nullable Object[] values = new Object[count];
        int i = 0;
        for (Map.Entry<String, List<Standardise.Rule>> entry : declaration.rules().entrySet()) {
            Field field = stringField(row, entry.getKey());
            schemas[i] = optionalWhereNulled(field.schema(), entry.getValue());
            values[i++] = apply(entry.getValue(), (String) Reshape.value(row, field));
        }
        return input.with(assigning.apply(row, schemas, values));
    }

    private Field stringField(Struct row, String name) {
        Field field = row.schema().field(name);
        if (field == null) {
            throw new RecordFault(name(), "layers.missing-field", "the row has no field '" + name + "'");
        }
        if (field.schema().type() != Schema.Type.STRING) {
            throw new RecordFault(
                    name(),
                    "layers.not-a-string",
                    "'" + name + "' is of type " + field.schema().type().getName() + ", not a string");
        }
        return field;
    }

    private static Schema optionalWhereNulled(Schema schema, List<Standardise.Rule> rules) {
        return rules.contains(Standardise.Rule.EMPTY_TO_NULL) ? Schema.OPTIONAL_STRING_SCHEMA : schema;
    }

    private static @Nullable String apply(List<Standardise.Rule> rules, @Nullable String text) {
        String current = text;
        for (Standardise.Rule rule : rules) {
            if (current == null) {
                return null;
            }
            current = apply(rule, current);
        }
        return current;
    }

    private static @Nullable String apply(Standardise.Rule rule, String text) {
        return switch (rule) {
            case TRIM -> ENDS.matcher(text).replaceAll("");
            case LOWER -> text.toLowerCase(Locale.ROOT);
            case UPPER -> text.toUpperCase(Locale.ROOT);
            case COLLAPSE -> RUNS.matcher(ENDS.matcher(text).replaceAll("")).replaceAll(" ");
            case DIGITS -> digits(text);
            case NFC -> Normalizer.normalize(text, Normalizer.Form.NFC);
            case EMPTY_TO_NULL -> text.isEmpty() ? null : text;
        };
    }

    private static String digits(String text) {
        String bare = ENDS.matcher(text).replaceAll("");
        String digits = NOT_DIGITS.matcher(bare).replaceAll("");
        return bare.startsWith("+") ? "+" + digits : digits;
    }
}
