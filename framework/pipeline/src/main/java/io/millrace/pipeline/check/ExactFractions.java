package io.millrace.pipeline.check;

import io.millrace.expression.type.DecimalType;
import io.millrace.pipeline.model.StepModel;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which fractions of parsed JSON must stay decimals: those that end, as they are, in a decimal of the contract or in a cast to one. Worked out
 * backwards over rename, flatten, explode and {@code set} of a plain path. All others are doubles, as JSON's readers have them.
 */
final class ExactFractions {
    private static final Pattern PATH = Pattern.compile("\\s*value((?:\\.[A-Za-z_][A-Za-z0-9_]*)+)\\s*");

    /** Of a name that flatten can have made; a longer one is read as a double. */
    private static final int MOST_PARTS = 10;

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
            StepModel step = after.get(i);
            if (step.word().equals("flatten")) {
                exact.addAll(unflattened(exact, delimiter(step.body())));
            } else if (step.body() instanceof YamlMap map) {
                before(step.word(), map, exact);
            }
        }
        return parse.target().map(target -> below(target.as(), exact)).orElse(exact);
    }

    private static void before(String step, YamlMap body, Set<String> exact) {
        Set<String> added = new HashSet<>();
        if (step.equals("explode")
                && body.get("field").orElse(body) instanceof YamlScalar field
                && body.get("as").orElse(body) instanceof YamlScalar as) {
            below(as.text(), exact).forEach(path -> added.add(field.text() + "." + path));
        }
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
            } else if (step.equals("explode")) {
                below(text, exact).forEach(path -> added.add(entry.key() + "." + path));
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

    private static String delimiter(YamlNode flatten) {
        return flatten instanceof YamlMap map && map.get("delimiter").orElse(map) instanceof YamlScalar text
                ? text.text()
                : "_";
    }

    /** All that a flat name can have been: a path that is not there does no harm. */
    private static Set<String> unflattened(Set<String> names, String delimiter) {
        Set<String> paths = new HashSet<>();
        for (String name : names) {
            List<String> parts = List.of(name.split(Pattern.quote(delimiter), -1));
            if (parts.size() > MOST_PARTS) {
                continue;
            }
            for (int dots = 1; dots < 1 << (parts.size() - 1); dots++) {
                StringBuilder path = new StringBuilder(parts.get(0));
                for (int i = 1; i < parts.size(); i++) {
                    path.append((dots >> (i - 1) & 1) == 1 ? "." : delimiter).append(parts.get(i));
                }
                paths.add(path.toString());
            }
        }
        return paths;
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
