/**
 * Connect data into Parquet files on the local disk, without Hadoop and without Avro.
 *
 * <p>{@link io.millrace.connectors.s3.parquet.RowSchemas} turns the schema of a record's value into a
 * {@link io.millrace.connectors.s3.parquet.RowSchema}: the value's fields, then the columns that every file of the lake has
 * ({@link io.millrace.connectors.s3.parquet.RowFacts}). A RowSchema makes a {@link io.millrace.connectors.s3.parquet.Row} of a value, and
 * a {@link io.millrace.connectors.s3.parquet.RowFile} writes rows of one {@link io.millrace.connectors.s3.parquet.Layout}.
 *
 * <p>Invariant: whatever can be wrong with a value is found while its Row is made ({@code DataException}), before the file is touched; so
 * a record that cannot be written never spoils a file. Writing a Row fails only when the disk does.
 *
 * <p>Knows nothing of S3, topics' meaning or offsets' commits. All classes belong to one thread.
 */
@NullMarked
package io.millrace.connectors.s3.parquet;

import org.jspecify.annotations.NullMarked;
