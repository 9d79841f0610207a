/**
 * The {@code s3-parquet} sink: streams into Parquet files of a lake on S3, each record exactly once.
 *
 * <p>{@link io.millrace.connectors.s3.S3ParquetSinkConnector} is an ordinary Kafka Connect plugin;
 * {@link io.millrace.connectors.s3.S3ParquetShorthand} is what a pipeline's {@code type: s3-parquet} becomes it by. A
 * {@link io.millrace.connectors.s3.S3ParquetSinkTask} hands records to its {@code LakeWriter}, which keeps one {@code PartitionWriter} per
 * topic-partition; its class comment says why the result is exactly once. Rows go to temporary files
 * ({@link io.millrace.connectors.s3.parquet}), and as whole objects to the {@code ObjectStore}, the only type that touches S3.
 *
 * <p>Invariants: an object is visible whole or not at all; its name tells the offsets it holds ({@code CutName}); an offset is given to the
 * worker for commit only after all before it is in objects; which folder a record goes to depends on the record alone
 * ({@code PathTemplate}), never on the wall clock.
 *
 * <p>{@code Settings} declares every setting once: for the pipeline, for Connect, and for the table in README.md.
 */
@NullMarked
package io.millrace.connectors.s3;

import org.jspecify.annotations.NullMarked;
