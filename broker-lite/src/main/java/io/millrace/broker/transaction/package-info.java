/**
 * The transaction coordinator: who may write under a transactional id, which partitions its open transaction has, and how it ended. {@link
 * io.millrace.broker.transaction.TransactionCoordinator} is the door; {@link io.millrace.broker.transaction.TransactionParts} is what it
 * needs of the broker; {@link io.millrace.broker.transaction.Verification} stands between a produce request and the log.
 *
 * <p>Decide, then do: an operation decides under the lock of one transactional id ({@code InitRules}, {@code EndRules}, {@code
 * AddPartitions}), which marks the change as pending; the record goes to {@code __transaction_state} without the lock ({@code StateStore});
 * then the change is made in memory. Whoever meets a pending change is told {@code CONCURRENT_TRANSACTIONS}. So nothing is known in memory
 * that is not in the log, and a kill between any two appends leaves a log that says what is to be done:
 *
 * <ul>
 *   <li>nothing of the end was written: the transaction is open, its producer goes on, or it times out;
 *   <li>{@code PrepareCommit} or {@code PrepareAbort} was written: loading writes all markers again, then {@code Complete}. A second
 *       marker of the same epoch ends nothing, for no transaction of that id can begin before {@code Complete};
 *   <li>{@code Complete} was written: nothing is to be done.
 * </ul>
 *
 * <p>Invariants: {@code Complete} is written only when each partition of the transaction has its marker or is gone from the metadata; an
 * append that fails is tried again, for ever; a partition of {@code __transaction_state} that cannot be read is not half loaded.
 *
 * <p>Records, states and their legal transitions are Apache Kafka's ({@code TransactionMetadata}, {@code TransactionLog}). This package
 * owns no thread: operations run on the caller's, the rest on the executor and scheduler it is given.
 */
@NullMarked
package io.millrace.broker.transaction;

import org.jspecify.annotations.NullMarked;
