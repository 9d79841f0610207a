/**
 * CEL expressions: parsed and type-checked when a pipeline is checked ({@link io.millrace.expression.ExpressionCompiler}), evaluated on
 * Connect data by closures compiled from the checked tree ({@link io.millrace.expression.Expression}).
 *
 * <p>Null: a field that is null or missing reads as null; selecting from null gives null; {@code has(x.f)} is false for null and missing;
 * arithmetic and functions of null give null; {@code ==} and {@code !=} compare null like any value; an ordering comparison with null
 * gives null; {@code &&}, {@code ||}, {@code !} are three-valued as in SQL; a condition holds only if it is true.
 *
 * <p>Decimals are exact; int and decimal mix to decimal, and a double meets a decimal as the shortest decimal that reads back the same.
 * Integers that overflow are an error of the record.
 */
@NullMarked
package io.millrace.expression;

import org.jspecify.annotations.NullMarked;
