package io.millrace.pipeline.check;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Names;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.step.ParsedRows;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The check of parse: the short form {@code parse: json} and the long one. */
final class ParseStep {
    private static final Map<String, Parse.Format> FORMATS = formats();
    private static final List<String> COMMON = List.of("format", "field", "as", "charset");
    private static final List<String> BINARY = List.of("true", "false");

    private final YamlMap map;
    private final Fields fields;
    private final StepScope scope;
    private final Diagnostics diagnostics;

    private ParseStep(YamlMap map, Fields fields, StepScope scope) {
        this.map = map;
        this.fields = fields;
        this.scope = scope;
        this.diagnostics = scope.diagnostics();
    }

    private static Map<String, Parse.Format> formats() {
        Map<String, Parse.Format> formats = new LinkedHashMap<>();
        Arrays.stream(Parse.Format.values())
                .forEach(format -> formats.put(format.name().toLowerCase(Locale.ROOT), format));
        return formats;
    }

    static Optional<Step> check(Place place, YamlNode body, StepScope scope) {
        Optional<YamlMap> written = body instanceof YamlScalar format && !format.isNull()
                ? Optional.of(shortForm(format))
                : Fields.map("parse", body, scope.diagnostics());
        if (written.isEmpty()) {
            return Optional.empty();
        }
        Fields open = Fields.open(written.get(), place, "parse", scope.diagnostics());
        Optional<Parse.Format> format = open.requiredScalar("format").flatMap(text -> format(text, scope));
        if (format.isEmpty()) {
            return Optional.empty();
        }
        List<String> known = new ArrayList<>(COMMON);
        known.addAll(own(format.get()));
        String what = "'parse: " + format.get().name().toLowerCase(Locale.ROOT) + "'";
        Fields fields = Fields.of(written.get(), place, what, known, scope.diagnostics());
        return new ParseStep(written.get(), fields, scope).read(place, format.get());
    }

    /** {@code parse: json} is {@code parse: {format: json}}. */
    private static YamlMap shortForm(YamlScalar format) {
        return new YamlMap(format.place(), List.of(new YamlMap.Entry("format", format.place(), format)));
    }

    private static Optional<Parse.Format> format(YamlScalar text, StepScope scope) {
        Optional<Parse.Format> format = Optional.ofNullable(FORMATS.get(text.text()));
        if (format.isEmpty()) {
            scope.diagnostics()
                    .error(
                            "pipeline.bad-value",
                            text.place(),
                            "'" + text.text() + "' is not a format of parse.",
                            DidYouMean.hint(text.text(), FORMATS.keySet()) + "Formats: "
                                    + String.join(", ", FORMATS.keySet()) + ".");
        }
        return format;
    }

    /** The fields of the long form that only this format has. */
    private static List<String> own(Parse.Format format) {
        return switch (format) {
            case JSON -> List.of("fields", "others");
            case LOGFMT -> List.of("fields");
            case CSV -> List.of("columns", "delimiter", "quote", "header");
            case REGEX -> List.of("pattern", "fields");
            case COMBINED, COMMON, SYSLOG -> List.of("time_zone");
        };
    }

    private Optional<Step> read(Place place, Parse.Format format) {
        int before = diagnostics.errors();
        checkInput(place);
        Optional<Parse.Target> target = target();
        RowType row =
                switch (format) {
                    case JSON -> new RowType(declared("fields"), others());
                    case LOGFMT -> new RowType(declared("fields"), true);
                    case CSV -> columns();
                    case REGEX -> groups();
                    case COMBINED -> ParsedRows.COMBINED;
                    case COMMON -> ParsedRows.COMMON;
                    case SYSLOG -> ParsedRows.SYSLOG;
                };
        Parse.Settings standard = Parse.Settings.STANDARD;
        Parse.Settings settings = new Parse.Settings(
                fields.value("charset", ParseStep::charset, "the name of a charset, for example UTF-8 or windows-1252")
                        .orElse(standard.charset()),
                fields.value("time_zone", ParseStep::zone, "a time zone, for example UTC, +02:00 or Europe/Berlin")
                        .orElse(standard.zone()),
                fields.scalar("pattern").map(YamlScalar::text),
                fields.value("delimiter", ParseStep::delimiter, "one character, or \\t for a tab")
                        .orElse(standard.delimiter()),
                fields.value("quote", ParseStep::character, "one character").orElse(standard.quote()),
                fields.value("header", ParseStep::truth, "true or false").orElse(standard.header()),
                standard.exact());
        if (settings.delimiter() == settings.quote()) {
            diagnostics.error("pipeline.bad-value", place, "'delimiter' and 'quote' are the same.", "Let them differ.");
        }
        return diagnostics.errors() > before
                ? Optional.empty()
                : Optional.of(new Parse(scope.step(), format, target, row, settings));
    }

    /** Without a field the record itself is read: it must be bytes or text, not a row. */
    private void checkInput(Place place) {
        boolean rows = scope.content() == StreamFacts.Content.ROWS || scope.content() == StreamFacts.Content.ENVELOPES;
        if (rows && fields.scalar("field").isEmpty()) {
            diagnostics.error(
                    "pipeline.parse",
                    place,
                    "There is no text to parse: what enters '" + scope.step() + "' of " + scope.stream() + " is "
                            + (scope.content() == StreamFacts.Content.ROWS ? "rows." : "change events."),
                    "Name the field that holds the text: parse: {format: ..., field: <field>, as: <field>}.");
        }
    }

    private Optional<Parse.Target> target() {
        Optional<YamlScalar> field = fields.scalar("field");
        Optional<YamlScalar> as = fields.scalar("as");
        if (field.isEmpty()) {
            as.ifPresent(text -> diagnostics.error(
                    "pipeline.missing-field",
                    text.place(),
                    "'as' names what a field becomes, and 'field' is missing.",
                    "Add 'field', or leave 'as' out."));
            return Optional.empty();
        }
        fields.require("as");
        if (scope.content() == StreamFacts.Content.BYTES) {
            diagnostics.error(
                    "pipeline.parse",
                    field.get().place(),
                    "What enters '" + scope.step() + "' of " + scope.stream() + " is bytes: it has no fields.",
                    "Leave 'field' and 'as' out.");
            return Optional.empty();
        }
        String written = field.get().text();
        List<String> path = Paths.read(written.startsWith("value.") ? written.substring(6) : written);
        DataType type = Paths.check(path, field.get().place(), scope).orElse(ScalarType.UNKNOWN);
        if (type != ScalarType.UNKNOWN && type != ScalarType.STRING && type != ScalarType.BYTES) {
            diagnostics.error(
                    "pipeline.type",
                    field.get().place(),
                    "'" + written + "' is " + type.text() + "; parse reads string or bytes.",
                    "Name a field that holds text.");
        }
        return as.map(text -> {
            Names.checkField(text.text(), text.place(), diagnostics);
            scope.checkKeyKept(text.text(), text.place());
            return new Parse.Target(path, text.text());
        });
    }

    private boolean others() {
        Optional<YamlScalar> others = fields.scalar("others");
        others.filter(text -> !text.text().equals("keep") && !text.text().equals("drop"))
                .ifPresent(text -> Fields.badValue("others", text, "keep or drop", diagnostics));
        boolean drop = others.map(text -> text.text().equals("drop")).orElse(false);
        if (drop && fields.map("fields").isEmpty()) {
            diagnostics.error(
                    "pipeline.missing-field",
                    others.get().place(),
                    "'others: drop' leaves nothing: no fields are declared.",
                    "Add 'fields'.");
        }
        return !drop;
    }

    /** Fields with their types, {@code !} for required. */
    private List<RowType.Field> declared(String name) {
        List<RowType.Field> declared = new ArrayList<>();
        for (YamlMap.Entry entry : fields.map(name).map(YamlMap::entries).orElse(List.of())) {
            Names.checkField(entry.key(), entry.keyPlace(), diagnostics);
            Fields.scalar(entry.key(), entry.value(), diagnostics).ifPresent(text -> {
                boolean required = text.text().endsWith("!");
                String type = required ? text.text().substring(0, text.text().length() - 1) : text.text();
                scope.expressions()
                        .type(type, text.place(), diagnostics)
                        .ifPresent(it -> declared.add(new RowType.Field(entry.key(), it, required)));
            });
        }
        return declared;
    }

    private RowType columns() {
        if (!fields.require("columns")) {
            return RowType.ANY;
        }
        if (map.get("columns").orElseThrow() instanceof YamlMap) {
            return new RowType(declared("columns"), false);
        }
        List<RowType.Field> columns = new ArrayList<>();
        for (YamlScalar column : fields.scalars("columns")) {
            Names.checkField(column.text(), column.place(), diagnostics);
            if (columns.stream().anyMatch(it -> it.name().equals(column.text()))) {
                diagnostics.error(
                        "pipeline.duplicate-field",
                        column.place(),
                        "'" + column.text() + "' is written twice.",
                        "Keep one of them.");
            }
            columns.add(new RowType.Field(column.text(), ScalarType.STRING, false));
        }
        return new RowType(columns, false);
    }

    /** The named groups, each a string unless declared otherwise. */
    private RowType groups() {
        Optional<YamlScalar> pattern = fields.requiredScalar("pattern");
        List<String> names = pattern.map(this::groupNames).orElse(List.of());
        List<RowType.Field> declared = declared("fields");
        if (pattern.isEmpty() || names.isEmpty()) {
            return RowType.ANY;
        }
        for (YamlMap.Entry entry : fields.map("fields").map(YamlMap::entries).orElse(List.of())) {
            if (!names.contains(entry.key())) {
                diagnostics.error(
                        "pipeline.no-such-field",
                        entry.keyPlace(),
                        "'" + entry.key() + "' is not a group of the pattern.",
                        DidYouMean.hint(entry.key(), names) + "Groups: " + String.join(", ", names) + ".");
            }
        }
        return new RowType(
                names.stream()
                        .map(name -> declared.stream()
                                .filter(field -> field.name().equals(name))
                                .findFirst()
                                .orElse(new RowType.Field(name, ScalarType.STRING, false)))
                        .toList(),
                false);
    }

    private List<String> groupNames(YamlScalar pattern) {
        try {
            Map<String, Integer> groups = Pattern.compile(pattern.text()).namedGroups();
            if (groups.isEmpty()) {
                diagnostics.error(
                        "pipeline.pattern",
                        pattern.place(),
                        "The pattern has no named group, so it makes no field.",
                        "Name what is to be a field: (?<status>\\d+).");
            }
            return groups.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .filter(name -> Names.checkField(name, pattern.place(), diagnostics))
                    .toList();
        } catch (PatternSyntaxException e) {
            diagnostics.error(
                    "pipeline.pattern",
                    pattern.place(),
                    "The pattern cannot be read: " + e.getDescription() + ": '" + e.getPattern() + "'.",
                    "Patterns are RE2's, which take time in line with the text: no look-around and no back references.");
            return List.of();
        }
    }

    private static Charset charset(String name) {
        return Charset.forName(name);
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    private static char delimiter(String text) {
        return text.equals("\\t") ? '\t' : character(text);
    }

    private static char character(String text) {
        if (text.length() != 1 || text.equals("\n") || text.equals("\r")) {
            throw new IllegalArgumentException(text);
        }
        return text.charAt(0);
    }

    private static boolean truth(String text) {
        if (!BINARY.contains(text)) {
            throw new IllegalArgumentException(text);
        }
        return text.equals("true");
    }
}
