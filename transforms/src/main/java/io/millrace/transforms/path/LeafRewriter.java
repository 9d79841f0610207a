package io.millrace.transforms.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Puts other values at places, and leaves the rest as it is. Used by one thread. */
public final class LeafRewriter {

    /** What is done when a record has no such place. */
    public enum Missing {
        /** The record passes without. */
        IGNORE,
        /** The record fails. */
        FAIL
    }

    private final Node root = new Node("");
    private final Missing missing;
    private final PerSchema<Compiled> compiled = new PerSchema<>(schema -> compile(root, schema));

    /** A place on the way, with what is below it. */
    private static final class Node {
        private final String path;
        private final Map<String, Node> below = new LinkedHashMap<>();
        private @Nullable Leaf leaf;

        private Node(String path) {
            this.path = path;
        }
    }

    /** How a value of one schema is rewritten. */
    private interface Compiled {
        Schema schema();

        @Nullable
        Object apply(@Nullable Object value);
    }

    /**
     * @param leaves what is made of the values at places
     * @throws IllegalArgumentException where one place is within another
     */
    public LeafRewriter(Map<FieldPath, ? extends Leaf> leaves, Missing missing) {
        this.missing = missing;
        leaves.forEach((path, leaf) -> {
            Node at = root;
            StringBuilder text = new StringBuilder();
            for (String step : path.steps()) {
                if (at.leaf != null) {
                    throw new IllegalArgumentException(
                            "'" + path + "' is within '" + at.path + "', which is changed too");
                }
                text.append(text.isEmpty() || step.equals(FieldPath.EACH) ? "" : ".")
                        .append(step);
                String place = text.toString();
                at = at.below.computeIfAbsent(step, name -> new Node(place));
            }
            if (!at.below.isEmpty() || at.leaf != null) {
                throw new IllegalArgumentException("'" + path + "' is named twice, or a place within it is");
            }
            at.leaf = leaf;
        });
    }

    /** Rewrites a value with its schema. */
    public Typed struct(Schema schema, Struct value) {
        Compiled rewrite = compiled.of(schema);
        return new Typed(rewrite.schema(), rewrite.apply(value));
    }

    /** Rewrites a value without schema. */
    public Map<String, Object> map(Map<?, ?> value) {
        @SuppressWarnings("unchecked") // a map is rewritten to a map
        Map<String, Object> map = (Map<String, Object>) Objects.requireNonNull(plain(root, value));
        return map;
    }

    private Compiled compile(Node node, Schema schema) {
        Leaf leaf = node.leaf;
        if (leaf != null) {
            Schema after = schemaAt(node, leaf, schema);
            return new Compiled() {
                @Override
                public Schema schema() {
                    return after;
                }

                @Override
                public @Nullable Object apply(@Nullable Object value) {
                    return valueAt(node, leaf, value, schema);
                }
            };
        }
        return switch (schema.type()) {
            case STRUCT -> compileStruct(node, schema);
            case ARRAY -> compileArray(node, schema);
            default ->
                throw new DataException("'" + firstBelow(node).path + "' leads into '" + node.path + "', which is a "
                        + schema.type().getName());
        };
    }

    private Compiled compileStruct(Node node, Schema schema) {
        Map<String, Compiled> changed = new LinkedHashMap<>();
        node.below.forEach((name, below) -> {
            Field field = schema.field(name);
            if (field != null) {
                changed.put(name, compile(below, field.schema()));
            } else if (missing == Missing.FAIL) {
                throw absent(below);
            }
        });
        SchemaBuilder builder = Schemas.like(schema);
        List<@Nullable Compiled> parts = new ArrayList<>();
        for (Field field : schema.fields()) {
            Compiled part = changed.get(field.name());
            parts.add(part);
            builder.field(field.name(), part == null ? field.schema() : part.schema());
        }
        Schema after = builder.build();
        List<Field> fields = schema.fields();
        List<Field> fieldsAfter = after.fields();
        return new Compiled() {
            @Override
            public Schema schema() {
                return after;
            }

            @Override
            public @Nullable Object apply(@Nullable Object value) {
                if (value == null) {
                    return null;
                }
                Struct from = (Struct) value;
                Struct to = new Struct(after);
                for (int i = 0; i < fields.size(); i++) {
                    Object before = from.getWithoutDefault(fields.get(i).name());
                    Compiled part = parts.get(i);
                    to.put(fieldsAfter.get(i), part == null ? before : part.apply(before));
                }
                return to;
            }
        };
    }

    private Compiled compileArray(Node node, Schema schema) {
        Node each = node.below.get(FieldPath.EACH);
        if (each == null || node.below.size() > 1) {
            throw new DataException("'" + node.path + "' is a list: write '" + node.path + FieldPath.EACH + "'");
        }
        Compiled element = compile(each, schema.valueSchema());
        Schema after =
                Schemas.facts(schema, SchemaBuilder.array(element.schema())).build();
        return new Compiled() {
            @Override
            public Schema schema() {
                return after;
            }

            @Override
            public @Nullable Object apply(@Nullable Object value) {
                if (value == null) {
                    return null;
                }
                List<@Nullable Object> to = new ArrayList<>();
                for (Object before : (List<?>) value) {
                    to.add(element.apply(before));
                }
                return to;
            }
        };
    }

    private @Nullable Object plain(Node node, @Nullable Object value) {
        Leaf leaf = node.leaf;
        if (leaf != null) {
            return valueAt(node, leaf, value, null);
        }
        if (value == null) {
            return null;
        }
        if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> to = new LinkedHashMap<>(map);
            node.below.forEach((name, below) -> {
                if (map.containsKey(name)) {
                    to.put(name, plain(below, map.get(name)));
                } else if (missing == Missing.FAIL) {
                    throw absent(below);
                }
            });
            return to;
        }
        Node each = node.below.get(FieldPath.EACH);
        if (value instanceof List<?> list && each != null) {
            List<@Nullable Object> to = new ArrayList<>();
            list.forEach(element -> to.add(plain(each, element)));
            return to;
        }
        throw new DataException("'" + firstBelow(node).path + "' leads into '" + node.path + "', which is a "
                + value.getClass().getSimpleName());
    }

    private static DataException absent(Node node) {
        return new DataException(
                "the record has no field '" + (node.leaf == null ? firstBelow(node) : node).path + "'");
    }

    private static Node firstBelow(Node node) {
        Node at = node;
        while (!at.below.isEmpty()) {
            at = at.below.values().iterator().next();
        }
        return at;
    }

    private static Schema schemaAt(Node node, Leaf leaf, Schema schema) {
        try {
            return leaf.schema(schema);
        } catch (DataException e) {
            throw placed(node, e);
        }
    }

    private static @Nullable Object valueAt(Node node, Leaf leaf, @Nullable Object value, @Nullable Schema schema) {
        try {
            return leaf.value(value, schema);
        } catch (DataException e) {
            throw placed(node, e);
        }
    }

    private static DataException placed(Node node, DataException fault) {
        return new DataException("field '" + node.path + "' " + fault.getMessage(), fault);
    }
}
