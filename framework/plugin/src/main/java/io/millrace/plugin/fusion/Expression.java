package io.millrace.plugin.fusion;

import java.util.function.UnaryOperator;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** What a record that comes in makes of one field, or of the topic, that goes out. */
@FunctionalInterface
interface Expression {
    /** @throws RuntimeException where the record is for the transforms themselves */
    @Nullable
    Object of(Input input);

    /** Whether some records are for the transforms themselves because of this: then it is evaluated even where nobody wants the result. */
    default boolean mayRefuse() {
        return false;
    }

    /** The same for a required field of a new struct, which refuses null by itself. */
    default Expression unchecked() {
        return this;
    }

    /** One that may refuse. */
    record Refusing(Expression expression) implements Expression {
        @Override
        public @Nullable Object of(Input input) {
            return expression.of(input);
        }

        @Override
        public boolean mayRefuse() {
            return true;
        }
    }

    /** One that must not be null. */
    record Required(Expression unchecked) implements Expression {
        @Override
        public @Nullable Object of(Input input) {
            Object value = unchecked.of(input);
            if (value == null) {
                throw NotFused.here();
            }
            return value;
        }

        @Override
        public boolean mayRefuse() {
            return true;
        }
    }

    /** A field of the key or value as it is. */
    static Expression field(Side side, Field field) {
        if (field.schema().defaultValue() == null) {
            return switch (side) {
                case KEY -> input -> input.keyStruct().get(field);
                case VALUE -> input -> input.valueStruct().get(field);
            };
        }
        // get() would give the default in place of null
        String name = field.name();
        return switch (side) {
            case KEY -> input -> input.keyStruct().getWithoutDefault(name);
            case VALUE -> input -> input.valueStruct().getWithoutDefault(name);
        };
    }

    /** A field of a struct that was a field itself. */
    static Expression fieldOf(Expression struct, Field field) {
        String name = field.name();
        return new Refusing(input -> {
            if (!(struct.of(input) instanceof Struct inner)) {
                throw NotFused.here();
            }
            return inner.getWithoutDefault(name);
        });
    }

    /** Followed by a function, which may refuse. */
    default Expression then(UnaryOperator<@Nullable Object> function) {
        Expression first = this;
        return new Refusing(input -> function.apply(first.of(input)));
    }

    /** The default of the schema in place of null. */
    default Expression orDefaultOf(Schema schema) {
        if (schema.defaultValue() == null) {
            return this;
        }
        Expression plain = this;
        Expression defaulted = input -> {
            Object value = plain.of(input);
            return value == null ? schema.defaultValue() : value;
        };
        return mayRefuse() ? new Refusing(defaulted) : defaulted;
    }

    /** As a value of a field of the schema: a struct takes null where the field is optional. */
    default Expression asField(Schema schema) {
        return schema.isOptional() ? this : new Required(this);
    }
}
