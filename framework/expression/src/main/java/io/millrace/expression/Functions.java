package io.millrace.expression;

import static dev.cel.common.CelOverloadDecl.newMemberOverload;
import static dev.cel.common.types.SimpleType.DOUBLE;
import static dev.cel.common.types.SimpleType.DYN;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static dev.cel.common.types.SimpleType.TIMESTAMP;
import static io.millrace.expression.Dialect.DATE;
import static io.millrace.expression.Dialect.DECIMAL;
import static io.millrace.expression.Dialect.global;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The function library: what dev.cel's checker is told of our functions, and how each function becomes a node. To add one: its overloads in
 * {@link #declarations()} unless CEL has them, its line in the table, its test in FunctionTest.
 */
final class Functions {

    /** Makes a function's node of its checked arguments; of a member function the target is the first. */
    @FunctionalInterface
    interface Builder {
        Typed build(List<Typed> arguments);
    }

    /**
     * @param forms how a user writes it, for messages
     */
    record Function(String forms, Builder builder) {}

    private static final Map<String, Function> TABLE = table();

    private Functions() {}

    static @Nullable Function find(String name) {
        return TABLE.get(name);
    }

    static List<String> names() {
        return List.copyOf(TABLE.keySet());
    }

    private static Map<String, Function> table() {
        Map<String, Function> all = new TreeMap<>();
        all.put("abs", new Function("abs(number)", Functions::abs));
        all.put("bool", cast("bool(string)", ScalarType.BOOL));
        all.put("bytes", unary("bytes(string)", ScalarType.BYTES, Conversions::toBytes));
        all.put("coalesce", new Function("coalesce(a, b), coalesce(a, b, c)", Functions::coalesce));
        all.put("date", unary("date(string), date(timestamp)", ScalarType.DATE, Conversions::toDate));
        all.put("decimal", new Function("decimal(x), decimal(x, scale)", Functions::decimal));
        all.put("double", unary("double(x)", ScalarType.DOUBLE, Conversions::toDouble));
        all.put(
                "dyn",
                new Function("dyn(x)", arguments -> Typed.of(arguments.get(0).node(), ScalarType.UNKNOWN)));
        all.put("int", unary("int(x)", ScalarType.INT64, Conversions::toInt));
        all.put("round", new Function("round(x), round(x, scale)", Functions::round));
        all.put("string", unary("string(x)", ScalarType.STRING, Conversions::toText));
        all.put(
                "timestamp",
                unary(
                        "timestamp(string), timestamp(seconds), timestamp(date)",
                        ScalarType.TIMESTAMP,
                        Conversions::toTimestamp));
        all.put("now", new Function("now()", arguments -> Times.now()));
        all.put("duration", new Function("duration(string)", arguments -> {
            requireArguments(arguments, 1, 1, "duration(string)");
            return Times.duration(arguments.get(0));
        }));
        all.put("epoch_millis", unary("epoch_millis(timestamp)", ScalarType.INT64, Times::toMillis));
        all.put("timestamp_millis", unary("timestamp_millis(milliseconds)", ScalarType.TIMESTAMP, Times::ofMillis));
        all.put("lower", unary("string.lower()", ScalarType.STRING, Strings::lower));
        all.put("upper", unary("string.upper()", ScalarType.STRING, Strings::upper));
        all.put("size", unary("size(x), x.size()", ScalarType.INT64, Strings::size));
        all.put("contains", binary("string.contains(string)", ScalarType.BOOL, Strings::contains));
        all.put("startsWith", binary("string.startsWith(string)", ScalarType.BOOL, Strings::startsWith));
        all.put("endsWith", binary("string.endsWith(string)", ScalarType.BOOL, Strings::endsWith));
        all.put("matches", new Function("string.matches(pattern)", Strings::matches));
        all.put("lowerAscii", unary("string.lowerAscii()", ScalarType.STRING, Strings::lowerAscii));
        all.put("upperAscii", unary("string.upperAscii()", ScalarType.STRING, Strings::upperAscii));
        all.put("trim", unary("string.trim()", ScalarType.STRING, Strings::trim));
        all.put("replace", new Function("string.replace(string, string)", Strings::replace));
        all.put("substring", new Function("string.substring(from), string.substring(from, to)", Strings::substring));
        all.put("indexOf", binary("string.indexOf(string)", ScalarType.INT64, Strings::indexOf));
        all.put(
                "split",
                binary(
                        "string.split(string)",
                        new io.millrace.expression.type.ListType(ScalarType.STRING),
                        Strings::split));
        all.put("join", new Function("list.join(), list.join(string)", Strings::join));
        CalendarFields.table()
                .forEach((name, field) ->
                        all.put(name, unary("timestamp." + name + "(), date." + name + "()", ScalarType.INT64, field)));
        return all;
    }

    static List<CelFunctionDecl> declarations() {
        List<CelFunctionDecl> all = new ArrayList<>();
        all.add(declare(
                "abs",
                global("abs_int", INT, INT),
                global("abs_double", DOUBLE, DOUBLE),
                global("abs_decimal", DECIMAL, DECIMAL)));
        all.add(declare("decimal", overDecimalSources("decimal_of_", DECIMAL)));
        all.add(declare("round", overDecimalSources("round_", DECIMAL)));
        all.add(declare(
                "date",
                global("date_of_string", DATE, STRING),
                global("date_of_timestamp", DATE, TIMESTAMP),
                global("date_of_date", DATE, DATE)));
        all.add(declare(
                "timestamp",
                global("timestamp_of_double", TIMESTAMP, DOUBLE),
                global("timestamp_of_decimal", TIMESTAMP, DECIMAL),
                global("timestamp_of_date", TIMESTAMP, DATE)));
        all.add(declare("now", global("now", TIMESTAMP)));
        all.add(declare("epoch_millis", global("epoch_millis", INT, TIMESTAMP)));
        all.add(declare(
                "timestamp_millis",
                global("timestamp_millis_int", TIMESTAMP, INT),
                global("timestamp_millis_double", TIMESTAMP, DOUBLE),
                global("timestamp_millis_decimal", TIMESTAMP, DECIMAL)));
        all.add(declare("lower", member("lower", STRING, STRING)));
        all.add(declare("upper", member("upper", STRING, STRING)));
        all.add(declare(
                "string", global("string_of_decimal", STRING, DECIMAL), global("string_of_date", STRING, DATE)));
        all.add(declare("int", global("int_of_decimal", INT, DECIMAL)));
        all.add(declare("double", global("double_of_decimal", DOUBLE, DECIMAL)));
        all.add(coalesceDeclaration());
        all.add(declare("lowerAscii", member("lower_ascii", STRING, STRING)));
        all.add(declare("upperAscii", member("upper_ascii", STRING, STRING)));
        all.add(declare("trim", member("trim", STRING, STRING)));
        all.add(declare("replace", member("replace", STRING, STRING, STRING, STRING)));
        all.add(declare(
                "substring",
                member("substring_from", STRING, STRING, INT),
                member("substring_from_to", STRING, STRING, INT, INT)));
        all.add(declare("indexOf", member("index_of", INT, STRING, STRING)));
        all.add(declare("split", member("split", ListType.create(STRING), STRING, STRING)));
        all.add(declare(
                "join",
                member("join", STRING, ListType.create(STRING)),
                member("join_with", STRING, ListType.create(STRING), STRING)));
        for (String name : CalendarFields.ofDates()) {
            all.add(declare(name, member("date_" + name, INT, DATE)));
        }
        return all;
    }

    private static CelOverloadDecl[] overDecimalSources(String id, CelType result) {
        List<CelOverloadDecl> overloads = new ArrayList<>();
        for (CelType source : List.of(DECIMAL, INT, DOUBLE, STRING)) {
            if (source.equals(STRING) && id.startsWith("round")) {
                continue;
            }
            overloads.add(global(id + source.name(), result, source));
            overloads.add(global(id + source.name() + "_scale", result, source, INT));
        }
        return overloads.toArray(CelOverloadDecl[]::new);
    }

    /** Dynamic for the checker, which takes no overloads beside a generic one; {@link #coalesce} checks by itself. */
    private static CelFunctionDecl coalesceDeclaration() {
        return declare("coalesce", global("coalesce_2", DYN, DYN, DYN), global("coalesce_3", DYN, DYN, DYN, DYN));
    }

    private static CelFunctionDecl declare(String name, CelOverloadDecl... overloads) {
        return Dialect.function(name, List.of(overloads));
    }

    private static CelOverloadDecl member(String id, CelType result, CelType... parameters) {
        return newMemberOverload("millrace_" + id, result, parameters);
    }

    private static Function unary(String forms, DataType result, Node.Unary body) {
        return new Function(forms, arguments -> {
            requireArguments(arguments, 1, 1, forms);
            return Typed.of(Node.unary(arguments.get(0).node(), body), result);
        });
    }

    private static Function binary(String forms, DataType result, Node.Binary body) {
        return new Function(forms, arguments -> {
            requireArguments(arguments, 2, 2, forms);
            return Typed.of(
                    Node.binary(arguments.get(0).node(), arguments.get(1).node(), body), result);
        });
    }

    private static Function cast(String forms, ScalarType type) {
        return unary(forms, type, value -> Casts.cast(value, type));
    }

    /** CEL declares more forms than we run, such as time zones in getHours: those end here. */
    static void requireArguments(List<Typed> arguments, int least, int most, String forms) {
        if (arguments.size() < least || arguments.size() > most) {
            throw new UnsupportedException("This form is not supported.", "Forms: " + forms + ".");
        }
    }

    private static Typed abs(List<Typed> arguments) {
        Typed number = arguments.get(0);
        DataType type = Types.isInt(number.type())
                ? ScalarType.INT64
                : Types.isFloating(number.type()) ? ScalarType.DOUBLE : number.type();
        return Typed.of(Node.unary(number.node(), Arithmetic::abs), type);
    }

    private static Typed coalesce(List<Typed> arguments) {
        List<Typed> parts = decimalConstants(arguments);
        DataType type = Types.common(parts);
        if (type == ScalarType.UNKNOWN && parts.stream().allMatch(Functions::isKnown)) {
            String types = parts.stream().map(part -> part.type().text()).collect(Collectors.joining(", ", "(", ")"));
            throw new TypeException("'coalesce' is not defined for " + types + ".", "Give it values of one type.");
        }
        Node[] nodes =
                parts.stream().map(argument -> Types.coerce(argument, type)).toArray(Node[]::new);
        return Typed.of(
                (scope, locals) -> {
                    for (Node node : nodes) {
                        Object value = node.eval(scope, locals);
                        if (value != null) {
                            return value;
                        }
                    }
                    return null;
                },
                type);
    }

    private static boolean isKnown(Typed part) {
        return !part.isNull() && part.type() != ScalarType.UNKNOWN && !Types.isFloating(part.type());
    }

    /** Where one of several is a decimal, numbers in the text are decimals too. */
    static List<Typed> decimalConstants(List<Typed> parts) {
        boolean decimals =
                parts.stream().anyMatch(part -> part.type() instanceof DecimalType && part.constant() == null);
        return decimals ? parts.stream().map(Typed::asDecimalConstant).toList() : parts;
    }

    private static Typed decimal(List<Typed> arguments) {
        Typed source = arguments.get(0);
        if (arguments.size() == 2) {
            return atScale(source, arguments.get(1), Conversions::toDecimal);
        }
        if (source.constant() != null) {
            // The text has the number: its scale is known. A text that is no number is found when it is evaluated.
            Typed known = source.constant() instanceof String text
                    ? Texts.decimal(text)
                            .map(number -> Typed.constant(number, ScalarType.UNKNOWN))
                            .orElse(source)
                    : source;
            Typed constant = known.asDecimalConstant();
            if (constant.type() instanceof DecimalType) {
                return constant;
            }
        }
        DataType type = source.type() instanceof DecimalType
                ? source.type()
                : Types.isInt(source.type()) ? Types.decimal(0) : ScalarType.UNKNOWN;
        return Typed.of(Node.unary(source.node(), Conversions::toDecimal), type);
    }

    private static Typed round(List<Typed> arguments) {
        Typed scale = arguments.size() == 2 ? arguments.get(1) : Typed.constant(0L, ScalarType.INT64);
        return atScale(arguments.get(0), scale, Conversions::toDecimal);
    }

    private interface ToDecimal {
        java.math.BigDecimal of(Object value);
    }

    private static Typed atScale(Typed source, Typed scale, ToDecimal conversion) {
        if (scale.constant() instanceof Long digits) {
            int fixed = Conversions.scale(digits);
            return Typed.of(
                    Node.unary(source.node(), value -> Decimals.round(conversion.of(value), fixed)),
                    Types.decimal(fixed));
        }
        return Typed.of(
                Node.binary(
                        source.node(),
                        scale.node(),
                        (value, digits) -> Decimals.round(conversion.of(value), Conversions.scale(digits))),
                ScalarType.UNKNOWN);
    }

    /** Arguments of types that the function does not take together. */
    static final class TypeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String remedy;

        TypeException(String message, String remedy) {
            super(message);
            this.remedy = remedy;
        }

        String remedy() {
            return remedy;
        }
    }

    /** Something that CEL has and we do not, or that cannot work: a fault of the call it is thrown for. */
    static final class UnsupportedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String remedy;

        UnsupportedException(String message, String remedy) {
            super(message);
            this.remedy = remedy;
        }

        String remedy() {
            return remedy;
        }
    }
}
