package io.millrace.transforms.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * A structure in the making: named places, each holding a field of the input, a value of its own, or a structure of more. Fields are
 * removed, put and moved; then it is built, for structs with their schema and for maps without. Lists and maps with schema are moved whole.
 */
public final class Shape {
    private final Branch root;

    private sealed interface Part permits Branch, Copy, Given {
        /** Its schema where it stands in a structure. */
        Schema schema(Branch in);

        /** Its value in a struct, whose field has that schema. */
        @Nullable
        Object value(Schema schema, Struct input, List<Typed> given);

        /** Its value in a map. */
        @Nullable
        Object value(Map<?, ?> input, List<Typed> given);
    }

    /** A structure; {@code from} is the one of the input that it was opened from, whose null it keeps. */
    private static final class Branch implements Part {
        private final @Nullable Copy from;
        private final Map<String, Part> parts = new LinkedHashMap<>();

        private Branch(@Nullable Copy from) {
            this.from = from;
        }

        private Schema schema() {
            SchemaBuilder builder = from == null || from.schema() == null
                    ? SchemaBuilder.struct()
                    : Schemas.like(Objects.requireNonNull(from.schema()));
            parts.forEach((name, part) -> builder.field(name, part.schema(this)));
            return builder.build();
        }

        @Override
        public Schema schema(Branch in) {
            return from == null ? schema() : from.optionalWhereMoved(in, schema());
        }

        @Override
        public @Nullable Struct value(Schema schema, Struct input, List<Typed> given) {
            if (from != null && from.in(input) == null && !holdsGiven()) {
                return null;
            }
            Struct to = new Struct(schema);
            for (Field field : schema.fields()) {
                Part part = Objects.requireNonNull(parts.get(field.name()));
                to.put(field, part.value(field.schema(), input, given));
            }
            return to;
        }

        @Override
        public @Nullable Object value(Map<?, ?> input, List<Typed> given) {
            return map(input, given);
        }

        private Map<String, @Nullable Object> map(Map<?, ?> input, List<Typed> given) {
            Map<String, @Nullable Object> to = new LinkedHashMap<>();
            parts.forEach((name, part) -> to.put(name, part.value(input, given)));
            return to;
        }

        private boolean holdsGiven() {
            return parts.values().stream()
                    .anyMatch(part -> part instanceof Given || part instanceof Branch below && below.holdsGiven());
        }
    }

    /** A value of the input; {@code underNull}: a structure that it stands in may be null. */
    private record Copy(@Nullable Schema schema, List<String> steps, boolean underNull) implements Part {
        @Nullable
        Object in(@Nullable Object input) {
            Object at = input;
            for (String step : steps) {
                if (at instanceof Struct struct) {
                    at = struct.getWithoutDefault(step);
                } else {
                    at = at instanceof Map<?, ?> map ? map.get(step) : null;
                }
            }
            return at;
        }

        @Override
        public Schema schema(Branch in) {
            return optionalWhereMoved(in, Objects.requireNonNull(schema));
        }

        /** A required field of a structure that may be null is optional where it stands outside of it. */
        private Schema optionalWhereMoved(Branch in, Schema made) {
            boolean atHome = in.from != null && in.from.steps().equals(steps.subList(0, steps.size() - 1));
            return underNull && !atHome ? Schemas.optional(made) : made;
        }

        @Override
        public @Nullable Object value(Schema made, Struct input, List<Typed> given) {
            return in(input);
        }

        @Override
        public @Nullable Object value(Map<?, ?> input, List<Typed> given) {
            return in(input);
        }
    }

    /** A value of its own, at a number in the values given when a record is built. */
    private record Given(@Nullable Schema schema, int number) implements Part {
        @Override
        public Schema schema(Branch in) {
            return Objects.requireNonNull(schema);
        }

        @Override
        public @Nullable Object value(Schema made, Struct input, List<Typed> given) {
            return given.get(number).value();
        }

        @Override
        public @Nullable Object value(Map<?, ?> input, List<Typed> given) {
            return given.get(number).value();
        }
    }

    private Shape(Branch root) {
        this.root = root;
    }

    /** What a struct of this schema is. */
    public static Shape of(Schema schema) {
        return new Shape(open(new Copy(schema, List.of(), false)));
    }

    /** What this map is. */
    public static Shape of(Map<?, ?> value) {
        return new Shape(open(new Copy(null, List.of(), false), value));
    }

    private static Branch open(Copy copy) {
        Branch branch = new Branch(copy);
        Schema schema = Objects.requireNonNull(copy.schema());
        for (Field field : schema.fields()) {
            Copy part = new Copy(field.schema(), below(copy, field.name()), copy.underNull() || schema.isOptional());
            branch.parts.put(field.name(), field.schema().type() == Schema.Type.STRUCT ? open(part) : part);
        }
        return branch;
    }

    private static Branch open(Copy copy, Map<?, ?> value) {
        Branch branch = new Branch(copy);
        value.forEach((name, below) -> {
            String text = String.valueOf(name);
            Copy part = new Copy(null, below(copy, text), false);
            branch.parts.put(text, below instanceof Map<?, ?> map ? open(part, map) : part);
        });
        return branch;
    }

    private static List<String> below(Copy copy, String name) {
        ArrayList<String> steps = new ArrayList<>(copy.steps());
        steps.add(name);
        return List.copyOf(steps);
    }

    /** Whether something stands there. */
    public boolean has(FieldPath path) {
        return find(path) != null;
    }

    /** Takes away what stands there; a structure left empty goes too. */
    public void remove(FieldPath path) {
        remove(root, path, 0);
    }

    /** Leaves only what stands at one of the places. */
    public void keep(List<FieldPath> paths) {
        prune(root, paths, 0);
    }

    /**
     * Moves what stands at one place to another.
     *
     * @throws DataException where something stands there already
     */
    public void move(FieldPath from, FieldPath to) {
        Part part = find(from);
        if (part != null && !from.equals(to)) {
            // in place, where only the last name changes: the order of the fields stays
            if (renamed(from, to, part)) {
                return;
            }
            remove(from);
            put(to, part);
        }
    }

    /** Copies it. */
    public void copy(FieldPath from, FieldPath to) {
        Part part = find(from);
        if (part != null) {
            put(to, part);
        }
    }

    /**
     * Puts a value of one's own; what stands there is replaced.
     *
     * @param number of the value in what {@link #build} is given
     */
    public void give(FieldPath path, @Nullable Schema schema, int number) {
        if (has(path)) {
            replace(path, new Given(schema, number));
        } else {
            put(path, new Given(schema, number));
        }
    }

    /** Calls for each name of the outermost structure. */
    public void eachName(Consumer<String> consumer) {
        List.copyOf(root.parts.keySet()).forEach(consumer);
    }

    /** Calls for each place that holds a value and no structure. */
    public void eachPlace(Consumer<FieldPath> consumer) {
        eachPlace(root, List.of(), consumer);
    }

    private static void eachPlace(Branch branch, List<String> above, Consumer<FieldPath> consumer) {
        new LinkedHashMap<>(branch.parts).forEach((name, part) -> {
            ArrayList<String> steps = new ArrayList<>(above);
            steps.add(name);
            if (part instanceof Branch below) {
                eachPlace(below, steps, consumer);
            } else {
                consumer.accept(new FieldPath(steps));
            }
        });
    }

    private @Nullable Part find(FieldPath path) {
        Part at = root;
        for (String step : path.steps()) {
            if (!(at instanceof Branch branch)) {
                return null;
            }
            at = branch.parts.get(step);
        }
        return at;
    }

    private static boolean remove(Branch branch, FieldPath path, int depth) {
        String name = path.steps().get(depth);
        if (depth == path.steps().size() - 1) {
            return branch.parts.remove(name) != null;
        }
        boolean removed = branch.parts.get(name) instanceof Branch below && remove(below, path, depth + 1);
        if (removed && branch.parts.get(name) instanceof Branch below && below.parts.isEmpty()) {
            branch.parts.remove(name);
        }
        return removed;
    }

    private static void prune(Branch branch, List<FieldPath> paths, int depth) {
        branch.parts.entrySet().removeIf(entry -> {
            List<FieldPath> here = paths.stream()
                    .filter(path -> path.steps().size() > depth
                            && path.steps().get(depth).equals(entry.getKey()))
                    .toList();
            if (here.stream().anyMatch(path -> path.steps().size() == depth + 1)) {
                return false;
            }
            if (!here.isEmpty() && entry.getValue() instanceof Branch below) {
                prune(below, here, depth + 1);
                return below.parts.isEmpty();
            }
            return true;
        });
    }

    private boolean renamed(FieldPath from, FieldPath to, Part part) {
        int last = from.steps().size() - 1;
        if (to.steps().size() - 1 != last
                || !from.steps().subList(0, last).equals(to.steps().subList(0, last))) {
            return false;
        }
        requireFree(to);
        Branch parent = last == 0
                ? root
                : (Branch)
                        Objects.requireNonNull(find(new FieldPath(from.steps().subList(0, last))));
        Map<String, Part> before = new LinkedHashMap<>(parent.parts);
        parent.parts.clear();
        before.forEach((name, other) -> parent.parts.put(other == part ? to.last() : name, other));
        return true;
    }

    private void put(FieldPath path, Part part) {
        requireFree(path);
        parent(path).parts.put(path.last(), part);
    }

    private void replace(FieldPath path, Part part) {
        parent(path).parts.put(path.last(), part);
    }

    private void requireFree(FieldPath path) {
        if (has(path)) {
            throw new DataException("there is a field '" + path + "' already");
        }
    }

    /** The structure that a place is in; made where it is missing. */
    private Branch parent(FieldPath path) {
        Branch at = root;
        for (String step : path.steps().subList(0, path.steps().size() - 1)) {
            Part below = at.parts.computeIfAbsent(step, name -> new Branch(null));
            if (!(below instanceof Branch branch)) {
                throw new DataException("'" + path + "' leads into '" + step + "', which is no structure");
            }
            at = branch;
        }
        return at;
    }

    /** Fixes it for structs. */
    public Built build() {
        return new Built(root, root.schema());
    }

    /** The map that it makes of an input. */
    public Map<String, @Nullable Object> map(Map<?, ?> input, List<Typed> given) {
        return root.map(input, given);
    }

    /** Makes structs of structs. */
    public static final class Built {
        private final Branch root;
        private final Schema schema;

        private Built(Branch root, Schema schema) {
            this.root = root;
            this.schema = schema;
        }

        public Schema schema() {
            return schema;
        }

        /**
         * @param given the values of one's own, by their numbers
         */
        public Struct struct(Struct input, List<Typed> given) {
            return Objects.requireNonNull(root.value(schema, input, given));
        }
    }
}
