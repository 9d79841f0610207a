package io.millrace.layers.parse;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.millrace.expression.type.RowType;
import io.millrace.pipeline.step.Parse;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** A pattern over the whole text; RE2 takes time in line with its length, whatever pattern and text. */
final class RegexRows implements RowParser {
    private final RowBuilder rows;
    private final Pattern pattern;
    private final int[] groups;

    RegexRows(Parse declaration) {
        this.rows = new RowBuilder(declaration.row());
        this.pattern = Pattern.compile(declaration.settings().pattern().orElseThrow());
        Map<String, Integer> numbers = pattern.namedGroups();
        this.groups = declaration.row().fields().stream()
                .map(RowType.Field::name)
                .mapToInt(numbers::get)
                .toArray();
    }

    @Override
    public Struct parse(String text, long arrival) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new ParseFault(
                    "the text, " + text.length() + " characters, does not match the pattern" + reached(text));
        }
        @Nullable Object[] values = new Object[groups.length];
        for (int i = 0; i < groups.length; i++) {
            values[i] = matcher.group(groups[i]);
        }
        return rows.row(values);
    }

    /** Where the pattern is found in a part of the text, that is the place to look at. */
    private String reached(String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return "";
        }
        return matcher.start() > 0
                ? ": it starts to match at column " + (matcher.start() + 1) + " only"
                : ": it matches up to column " + matcher.end() + " only";
    }
}
