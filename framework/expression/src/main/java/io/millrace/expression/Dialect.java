package io.millrace.expression;

import static dev.cel.common.CelOverloadDecl.newGlobalOverload;
import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.DOUBLE;
import static dev.cel.common.types.SimpleType.DYN;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static dev.cel.common.types.SimpleType.TIMESTAMP;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Our CEL for dev.cel's checker: decimal and date as opaque types, operators over mixed numbers, our functions, rows as structs. The scale
 * of a decimal is no part of its type here; {@link NodeCompiler} keeps it.
 */
final class Dialect {
    static final CelType DECIMAL = OpaqueType.create("decimal");
    static final CelType DATE = OpaqueType.create("date");

    /** The word null is this variable for the checker: dynamic, so that null goes with every type. */
    static final String NULL_WORD = "null";

    /** Struct types of rows carry this before their path; messages say row instead. */
    static final String ROW_PREFIX = "millrace.row.";

    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .enableHiddenAccumulatorVar(true)
            .build();

    private static final List<CelFunctionDecl> FUNCTIONS = functions();

    private Dialect() {}

    /**
     * A checker for expressions over rows.
     *
     * @param selected every field name that the expression selects: in an open row they are fields of unknown type
     */
    static CelCompiler compiler(Map<String, RowType> variables, Set<String> selected) {
        Map<String, CelType> structs = new HashMap<>();
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addFunctionDeclarations(FUNCTIONS)
                .addVar(NULL_WORD, DYN)
                .addVar("headers", MapType.create(STRING, STRING));
        variables.forEach((name, row) -> builder.addVar(name, rowType(name, row, selected, structs)));
        return builder.setTypeProvider(new Structs(ImmutableMap.copyOf(structs)))
                .build();
    }

    private record Structs(ImmutableMap<String, CelType> byName) implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.copyOf(byName.values());
        }

        @Override
        public Optional<CelType> findType(String name) {
            return Optional.ofNullable(byName.get(name));
        }
    }

    private static CelType rowType(String path, RowType row, Set<String> selected, Map<String, CelType> structs) {
        Map<String, CelType> fields = new HashMap<>();
        if (row.open()) {
            selected.forEach(name -> fields.put(name, DYN));
        }
        for (RowType.Field field : row.fields()) {
            fields.put(field.name(), celType(path + "." + field.name(), field.type(), selected, structs));
        }
        String name = ROW_PREFIX + path;
        ImmutableMap<String, CelType> known = ImmutableMap.copyOf(fields);
        structs.put(name, StructType.create(name, known.keySet(), field -> Optional.ofNullable(known.get(field))));
        return StructTypeReference.create(name);
    }

    private static CelType celType(String path, DataType type, Set<String> selected, Map<String, CelType> structs) {
        if (type instanceof ScalarType scalar) {
            return switch (scalar) {
                case STRING -> STRING;
                case BOOL -> BOOL;
                case INT32, INT64 -> INT;
                case FLOAT, DOUBLE -> DOUBLE;
                case DATE -> DATE;
                case TIMESTAMP -> TIMESTAMP;
                case DURATION -> SimpleType.DURATION;
                case BYTES -> SimpleType.BYTES;
                case UNKNOWN -> DYN;
            };
        }
        if (type instanceof DecimalType) {
            return DECIMAL;
        }
        if (type instanceof io.millrace.expression.type.ListType list) {
            return ListType.create(celType(path + ".element", list.element(), selected, structs));
        }
        if (type instanceof io.millrace.expression.type.MapType map) {
            return MapType.create(STRING, celType(path + ".value", map.value(), selected, structs));
        }
        return rowType(path, (RowType) type, selected, structs);
    }

    private static List<CelFunctionDecl> functions() {
        List<CelFunctionDecl> all = new ArrayList<>();
        for (String operator : List.of("_+_", "_-_", "_*_", "_/_")) {
            all.add(function(operator, mixedArithmetic(operator)));
        }
        all.add(function(
                "_%_",
                List.of(
                        global("modulo_decimal", DECIMAL, DECIMAL, DECIMAL),
                        global("modulo_decimal_int", DECIMAL, DECIMAL, INT),
                        global("modulo_int_decimal", DECIMAL, INT, DECIMAL))));
        all.add(function("-_", List.of(global("negate_decimal", DECIMAL, DECIMAL))));
        for (String operator : List.of("_<_", "_<=_", "_>_", "_>=_")) {
            List<CelOverloadDecl> overloads = new ArrayList<>(mixedDecimals(operator, BOOL));
            overloads.add(global(operator + "decimal", BOOL, DECIMAL, DECIMAL));
            overloads.add(global(operator + "date", BOOL, DATE, DATE));
            all.add(function(operator, overloads));
        }
        for (String operator : List.of("_==_", "_!=_")) {
            List<CelOverloadDecl> overloads = new ArrayList<>(mixedDecimals(operator, BOOL));
            overloads.add(global(operator + "int_double", BOOL, INT, DOUBLE));
            overloads.add(global(operator + "double_int", BOOL, DOUBLE, INT));
            all.add(function(operator, overloads));
        }
        all.add(function("_?_:_", mixedBranches()));
        all.add(function("@in", mixedMembership()));
        Functions.declarations().forEach(all::add);
        return List.copyOf(all);
    }

    private static List<CelOverloadDecl> mixedArithmetic(String operator) {
        List<CelOverloadDecl> overloads = new ArrayList<>(mixedDecimals(operator, DECIMAL));
        overloads.add(global(operator + "decimal", DECIMAL, DECIMAL, DECIMAL));
        overloads.add(global(operator + "int_double", DOUBLE, INT, DOUBLE));
        overloads.add(global(operator + "double_int", DOUBLE, DOUBLE, INT));
        return overloads;
    }

    private static List<CelOverloadDecl> mixedDecimals(String operator, CelType result) {
        return List.of(
                global(operator + "decimal_int", result, DECIMAL, INT),
                global(operator + "int_decimal", result, INT, DECIMAL),
                global(operator + "decimal_double", result, DECIMAL, DOUBLE),
                global(operator + "double_decimal", result, DOUBLE, DECIMAL));
    }

    private static List<CelOverloadDecl> mixedBranches() {
        return List.of(
                global("conditional_decimal_int", DECIMAL, BOOL, DECIMAL, INT),
                global("conditional_int_decimal", DECIMAL, BOOL, INT, DECIMAL),
                global("conditional_decimal_double", DECIMAL, BOOL, DECIMAL, DOUBLE),
                global("conditional_double_decimal", DECIMAL, BOOL, DOUBLE, DECIMAL),
                global("conditional_int_double", DOUBLE, BOOL, INT, DOUBLE),
                global("conditional_double_int", DOUBLE, BOOL, DOUBLE, INT));
    }

    private static List<CelOverloadDecl> mixedMembership() {
        return List.of(
                global("in_decimal_ints", BOOL, DECIMAL, ListType.create(INT)),
                global("in_decimal_doubles", BOOL, DECIMAL, ListType.create(DOUBLE)),
                global("in_int_decimals", BOOL, INT, ListType.create(DECIMAL)),
                global("in_double_ints", BOOL, DOUBLE, ListType.create(INT)),
                global("in_int_doubles", BOOL, INT, ListType.create(DOUBLE)));
    }

    static CelFunctionDecl function(String name, List<CelOverloadDecl> overloads) {
        return CelFunctionDecl.newFunctionDeclaration(name, overloads);
    }

    static CelOverloadDecl global(String id, CelType result, CelType... parameters) {
        return newGlobalOverload(id, result, parameters);
    }

    /** What the checker knows of a type, as ours; decimals have no scale there and rows no fields, so both are unknown. */
    static DataType dataType(CelType type) {
        return switch (type.kind()) {
            case BOOL -> ScalarType.BOOL;
            case INT -> ScalarType.INT64;
            case DOUBLE -> ScalarType.DOUBLE;
            case STRING -> ScalarType.STRING;
            case BYTES -> ScalarType.BYTES;
            case TIMESTAMP -> ScalarType.TIMESTAMP;
            case DURATION -> ScalarType.DURATION;
            case LIST ->
                new io.millrace.expression.type.ListType(
                        dataType(type.parameters().get(0)));
            case OPAQUE -> DATE.equals(type) ? ScalarType.DATE : ScalarType.UNKNOWN;
            default -> ScalarType.UNKNOWN;
        };
    }
}
