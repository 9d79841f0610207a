/**
 * Tables without a database: what types columns have ({@code ColumnType}), what type a field of a Connect schema wants ({@code FieldTypes}), and how one value goes
 * into one column ({@code ColumnText}).
 *
 * <p>Invariants: a value is written whole or its record is rejected ({@code RowRejected}), with the column's name; the only rounding is that of a
 * decimal to its column's scale, HALF_UP. A message never holds a value. Knows nothing of {@code dialect}.
 */
@NullMarked
package io.millrace.connectors.jdbc.table;

import org.jspecify.annotations.NullMarked;
