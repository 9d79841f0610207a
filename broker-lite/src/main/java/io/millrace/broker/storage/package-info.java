/**
 * The log manager: Kafka's segment files under one data folder, opened lazily, recovered, retained, compacted. {@link
 * io.millrace.broker.storage.Logs} is what the rest of the broker sees, {@link io.millrace.broker.storage.LogStore} what runs it.
 *
 * <p>The tour: {@code DataFolder} locks the folder and sorts what lies in it. Each partition that the metadata knows is a {@code
 * PartitionLog}, nothing more than a name until its first use. {@code LogOpener} then makes or opens Apache's {@code UnifiedLog} over its
 * files, after {@code LogCheck} has looked at them: it decides what must be recovered, cuts torn tails, throws away indexes that can be made
 * again, and refuses where something readable lies behind damage. {@code Recovery} does the same in the background after a stop that was not
 * clean. {@code Retention}, {@code Compaction} and {@code Deletions} take away what is no longer wanted; {@code DiskFailure} and {@code
 * FreeSpace} are how a full or broken disk shows, and how it heals.
 *
 * <p>Invariants: what was acknowledged is in the operating system's cache, so a kill of the process loses nothing. Nothing is deleted that
 * could still be read, but for what a policy or a client asked to delete. One partition has one {@code UnifiedLog} at a time. All files are
 * as Apache Kafka writes them; a folder can go back and forth between the two brokers.
 *
 * <p>Threads: {@code onMetadata} is called by one thread; all else by any. Opening takes the partition's lock; a log that is open is reached
 * without locks.
 */
@NullMarked
package io.millrace.broker.storage;

import org.jspecify.annotations.NullMarked;
