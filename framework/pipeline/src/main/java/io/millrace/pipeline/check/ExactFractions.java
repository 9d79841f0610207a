package io.millrace.pipeline.check;

import io.millrace.expression.type.DecimalType;
import io.millrace.pipeline.model.StepModel;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which fractions of parsed JSON must stay decimals: those that end, as they are, in a decimal of the contract or in a cast to one. Worked out
 * backwards over renames and over {@code set} of a plain path. All others are doubles, as JSON's readers have them.
 */
final class ExactFractions {
    private static final Pattern PATH = Pattern.compile("\\s*value((?:\\.[A-Za-z_][A-Za-z0-9_]*)+)\\s*");

    private ExactFractions() {}

    /** Paths from the parsed row down, joined by dots. */
    static Set<String> of(Parse parse, List<StepModel> after, Optional<Contract> contract) {
        if (parse.format() != Parse.Format.JSON) {
            return Set.of();
        }
        Set<String> exact = new HashSet<>();
        contract.ifPresent(it -> it.row().fields().stream()
                .filter(field -> field.type() instanceof DecimalType)
                .forEach(field -> exact.add(field.name())));
        for (int i = after.size() - 1; i >= 0; i--) {
            if (after.get(i).body() instanceof YamlMap map) {
                before(after.get(i).word(), map, exact);
            }
        }
        return parse.target().map(target -> below(target.as(), exact)).orElse(exact);
    }

    private static void before(String step, YamlMap body, Set<String> exact) {
        Set<String> added = new HashSet<>();
        for (YamlMap.Entry entry : body.entries()) {
            if (!(entry.value() instanceof YamlScalar scalar)) {
                continue;
            }
            String text = scalar.text();
            if (step.equals("cast")) {
                exact.remove(entry.key());
                if (text.startsWith("decimal")) {
                    added.add(entry.key());
                }
            } else if (step.equals("rename") && exact.remove(text)) {
                added.add(entry.key());
            } else if (step.equals("set") && exact.remove(entry.key())) {
                Matcher path = PATH.matcher(text);
                if (path.matches()) {
                    added.add(path.group(1).substring(1));
                }
            }
        }
        exact.addAll(added);
    }

    private static Set<String> below(String field, Set<String> paths) {
        Set<String> below = new HashSet<>();
        for (String path : paths) {
            if (path.startsWith(field + ".")) {
                below.add(path.substring(field.length() + 1));
            }
        }
        return below;
    }
}
