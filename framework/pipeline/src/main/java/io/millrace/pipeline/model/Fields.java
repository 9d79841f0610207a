package io.millrace.pipeline.model;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the fields of one map and tells of each that is unknown, missing, or of the wrong kind. */
public final class Fields {
    private final YamlMap map;
    private final Place place;
    private final String what;
    private final Diagnostics diagnostics;

    private Fields(YamlMap map, Place place, String what, Diagnostics diagnostics) {
        this.map = map;
        this.place = place;
        this.what = what;
        this.diagnostics = diagnostics;
    }

    /**
     * The fields of a map that has no others.
     *
     * @param place where a missing field is told
     * @param what the map is, with its article: {@code a stream}
     */
    public static Fields of(YamlMap map, Place place, String what, Collection<String> known, Diagnostics diagnostics) {
        for (YamlMap.Entry entry : map.entries()) {
            if (!known.contains(entry.key())) {
                unknown(entry.key(), entry.keyPlace(), what, known, diagnostics);
            }
        }
        return new Fields(map, place, what, diagnostics);
    }

    /** The fields of a map that may have others. */
    public static Fields open(YamlMap map, Place place, String what, Diagnostics diagnostics) {
        return new Fields(map, place, what, diagnostics);
    }

    /** Tells that a field is not one of those there are. */
    public static void unknown(
            String name, Place place, String what, Collection<String> known, Diagnostics diagnostics) {
        diagnostics.error(
                "pipeline.unknown-field",
                place,
                "'" + name + "' is not a field of " + what + ".",
                DidYouMean.hint(name, known)
                        + (known.isEmpty() ? "It has no fields." : "Fields: " + sorted(known) + "."));
    }

    /** Names for a message. */
    public static String sorted(Collection<String> names) {
        return String.join(", ", names.stream().sorted().toList());
    }

    public Optional<YamlScalar> scalar(String name) {
        return map.get(name).flatMap(node -> scalar(name, node));
    }

    public Optional<YamlScalar> requiredScalar(String name) {
        require(name);
        return scalar(name);
    }

    public Optional<YamlMap> map(String name) {
        return map.get(name).flatMap(node -> map(name, node));
    }

    public Optional<YamlList> list(String name) {
        return map.get(name).flatMap(node -> list(name, node));
    }

    /** A list of single values, or one value that stands for a list of one. */
    public List<YamlScalar> scalars(String name) {
        Optional<YamlNode> node = map.get(name);
        if (node.isEmpty()) {
            return List.of();
        }
        return scalars(name, node.get(), diagnostics);
    }

    /** Tells when a field is missing. */
    public boolean require(String name) {
        if (map.get(name).isPresent()) {
            return true;
        }
        diagnostics.error("pipeline.missing-field", place, "'" + name + "' is missing: " + what + " needs it.", "");
        return false;
    }

    /** A whole number within a range. */
    public Optional<Integer> integer(String name, int least, int most) {
        return value(
                name,
                text -> {
                    int number = Integer.parseInt(text);
                    if (number < least || number > most) {
                        throw new NumberFormatException(text);
                    }
                    return number;
                },
                "a whole number from " + least + " to " + most);
    }

    /** A value of a form of its own; the parser throws IllegalArgumentException for what it cannot read. */
    public <T> Optional<T> value(String name, Function<String, T> parser, String expected) {
        return scalar(name).flatMap(scalar -> {
            try {
                return Optional.of(parser.apply(scalar.text()));
            } catch (IllegalArgumentException e) {
                badValue(name, scalar, expected, diagnostics);
                return Optional.empty();
            }
        });
    }

    /** Tells that a value has not the form that it should have. */
    public static void badValue(String name, YamlScalar scalar, String expected, Diagnostics diagnostics) {
        diagnostics.error(
                "pipeline.bad-value",
                scalar.place(),
                "'" + scalar.text() + "' is no value for '" + name + "'.",
                "Write " + expected + ".");
    }

    private Optional<YamlScalar> scalar(String name, YamlNode node) {
        return scalar(name, node, diagnostics);
    }

    private Optional<YamlMap> map(String name, YamlNode node) {
        return map(name, node, diagnostics);
    }

    private Optional<YamlList> list(String name, YamlNode node) {
        if (node instanceof YamlList list) {
            return Optional.of(list);
        }
        wrongKind(name, node, YamlNode.Kind.LIST, diagnostics);
        return Optional.empty();
    }

    /** The node as a single value that is not null. */
    public static Optional<YamlScalar> scalar(String name, YamlNode node, Diagnostics diagnostics) {
        if (node instanceof YamlScalar scalar && !scalar.isNull()) {
            return Optional.of(scalar);
        }
        wrongKind(name, node, YamlNode.Kind.SCALAR, diagnostics);
        return Optional.empty();
    }

    /** The node as a map. */
    public static Optional<YamlMap> map(String name, YamlNode node, Diagnostics diagnostics) {
        if (node instanceof YamlMap map) {
            return Optional.of(map);
        }
        wrongKind(name, node, YamlNode.Kind.MAP, diagnostics);
        return Optional.empty();
    }

    /** The node as a list of single values; one value stands for a list of one. */
    public static List<YamlScalar> scalars(String name, YamlNode node, Diagnostics diagnostics) {
        List<YamlScalar> scalars = new ArrayList<>();
        if (node instanceof YamlList list) {
            for (YamlNode item : list.items()) {
                scalar(name, item, diagnostics).ifPresent(scalars::add);
            }
        } else if (node instanceof YamlScalar one && !one.isNull()) {
            scalars.add(one);
        } else {
            wrongKind(name, node, YamlNode.Kind.LIST, diagnostics);
        }
        return scalars;
    }

    private static void wrongKind(String name, YamlNode node, YamlNode.Kind expected, Diagnostics diagnostics) {
        boolean isNull = node instanceof YamlScalar scalar && scalar.isNull();
        diagnostics.error(
                "pipeline.wrong-kind",
                node.place(),
                "'" + name + "' must be " + expected.text()
                        + (isNull
                                ? "; it has no value."
                                : ", not " + node.kind().text() + "."),
                "");
    }
}
