package io.millrace.pipeline.yaml;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads one document. Anchors and aliases work; an alias has the place of its anchor. Merge keys are refused. */
public final class YamlReader {
    private final String file;
    private final String document;
    private final Diagnostics diagnostics;
    private final Map<Node, YamlNode> converted = new IdentityHashMap<>();
    private final Map<Node, Boolean> open = new IdentityHashMap<>();

    private YamlReader(String file, String document, Diagnostics diagnostics) {
        this.file = file;
        this.document = document;
        this.diagnostics = diagnostics;
    }

    /** The document's root, or empty where it has none or is not YAML; the diagnostics tell why. */
    public static Optional<YamlNode> read(String file, String text, Diagnostics diagnostics) {
        String document = text.replace("\r\n", "\n");
        document = document.startsWith("\uFEFF") ? document.substring(1) : document;
        return new YamlReader(file, document, diagnostics).read();
    }

    private Optional<YamlNode> read() {
        try {
            Optional<Node> root = new Compose(LoadSettings.builder()
                            .setLabel(file)
                            .setAllowNonScalarKeys(true)
                            .build())
                    .composeString(document);
            if (root.isEmpty()) {
                diagnostics.error(
                        "pipeline.empty",
                        new Place(file, 1, 1),
                        "The file holds nothing.",
                        "Start with 'pipeline: <name>'.");
            }
            return root.map(this::convert);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            String context = e.getContext() == null
                    ? ""
                    : " (" + e.getContext()
                            + e.getContextMark()
                                    .map(at -> " that starts at line " + (at.getLine() + 1))
                                    .orElse("")
                            + ")";
            diagnostics.error(
                    "pipeline.syntax",
                    mark.map(this::place).orElse(new Place(file, 1, 1)),
                    "This is not YAML: " + e.getProblem() + context + ".",
                    "Check the indentation, the quotes and the brackets here and just before.");
        } catch (YamlEngineException e) {
            diagnostics.error(
                    "pipeline.syntax",
                    new Place(file, 1, 1),
                    "This is not YAML: " + String.valueOf(e.getMessage()).replace('\n', ' ') + ".",
                    "Check the indentation, the quotes and the brackets.");
        }
        return Optional.empty();
    }

    private YamlNode convert(Node node) {
        YamlNode known = converted.get(node);
        if (known != null) {
            return known;
        }
        Place place = node.getStartMark().map(this::place).orElse(new Place(file, 1, 1));
        if (open.put(node, true) != null) {
            diagnostics.error(
                    "pipeline.recursive-alias",
                    place,
                    "The anchor '" + node.getAnchor().map(Object::toString).orElse("") + "' holds an alias of itself.",
                    "Write the value out.");
            return new YamlMap(place, List.of());
        }
        YamlNode result;
        if (node instanceof MappingNode mapping) {
            result = map(mapping, place);
        } else if (node instanceof SequenceNode sequence) {
            result = new YamlList(
                    place, sequence.getValue().stream().map(this::convert).toList());
        } else {
            result = scalar((ScalarNode) node, place);
        }
        open.remove(node);
        converted.put(node, result);
        return result;
    }

    private YamlMap map(MappingNode node, Place place) {
        Map<String, YamlMap.Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Place keyPlace = tuple.getKeyNode().getStartMark().map(this::place).orElse(place);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                diagnostics.error(
                        "pipeline.key", keyPlace, "A key must be a single value.", "Quote it if it holds brackets.");
                continue;
            }
            if (key.getValue().equals("<<")) {
                diagnostics.error(
                        "pipeline.merge-key",
                        keyPlace,
                        "Merge keys '<<' are not supported.",
                        "Use an alias for a whole value, or write the fields out.");
                continue;
            }
            YamlMap.Entry entry = new YamlMap.Entry(key.getValue(), keyPlace, convert(tuple.getValueNode()));
            YamlMap.Entry first = entries.putIfAbsent(key.getValue(), entry);
            if (first != null) {
                diagnostics.error(
                        "pipeline.duplicate-key",
                        keyPlace,
                        "'" + key.getValue() + "' is written twice; the first is at line "
                                + first.keyPlace().line() + ".",
                        "Keep one of them.");
            }
        }
        return new YamlMap(place, new ArrayList<>(entries.values()));
    }

    private YamlScalar scalar(ScalarNode node, Place place) {
        boolean isNull = node.getTag().equals(Tag.NULL)
                || (node.isPlain() && node.getValue().equals("~"));
        int start = node.getStartMark()
                .map(mark -> document.offsetByCodePoints(0, mark.getIndex()))
                .orElse(0);
        return new YamlScalar(
                isNull ? "" : node.getValue(),
                isNull,
                place,
                new ScalarSource(document, start, style(node.getScalarStyle())));
    }

    private static ScalarSource.Style style(ScalarStyle style) {
        return switch (style) {
            case PLAIN, JSON_SCALAR_STYLE -> ScalarSource.Style.PLAIN;
            case SINGLE_QUOTED -> ScalarSource.Style.SINGLE_QUOTED;
            case DOUBLE_QUOTED -> ScalarSource.Style.DOUBLE_QUOTED;
            case LITERAL, FOLDED -> ScalarSource.Style.BLOCK;
        };
    }

    private Place place(Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
