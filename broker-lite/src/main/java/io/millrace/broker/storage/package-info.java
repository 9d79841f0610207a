/**
 * The log manager: Kafka's segment files under one data folder, opened lazily, recovered, retained, compacted. {@link
 * io.millrace.broker.storage.Logs} is what the rest of the broker sees, {@link io.millrace.broker.storage.LogStore} what runs it.
 *
 * <p>The tour: {@code DataFolder} locks the folder and sorts what lies in it. {@code KnownPartitions} follows the metadata; each of its
 * partitions is a {@code PartitionLog}, nothing more than a name until its first use, and later {@code FilesAtRest}. {@code LogOpener} then makes or opens Apache's {@code
 * UnifiedLog} over its files, after {@code LogCheck} has looked at them ({@code SegmentFiles}, {@code SegmentScan}): it decides what must be
 * recovered, cuts torn tails, throws away indexes that can be made again, and refuses where something readable lies behind damage. {@code
 * Recovery} does the same in the background after a stop that was not clean. {@code Upkeep} runs what is done from time to time; {@code
 * Retention}, {@code Compaction} and {@code Deletions} take away what is no longer wanted; {@code Leaving} holds deleted partitions whose
 * folder cannot be renamed yet; {@code DiskFailure}, {@code Trouble} and {@code FreeSpace} are how a broken or full disk shows, and how it
 * heals.
 *
 * <p>What is on the disk when: an append reaches the operating system's cache; {@code flush.messages} and {@code flush.ms} force it to the
 * disk, as does the end of a segment and a clean stop. So a kill loses nothing, a loss of power may lose what was not forced. Indexes,
 * snapshots of producers, epochs and topic ids are written without an fsync: they are checked when a log is opened, and made again.
 *
 * <p>Invariants: what was acknowledged is in the operating system's cache, so a kill of the process loses nothing. Nothing is deleted that
 * could still be read, but for what a policy or a client asked to delete. One partition has one {@code UnifiedLog} at a time. All files are
 * as Apache Kafka writes them; a folder can go back and forth between the two brokers.
 *
 * <p>Threads: {@code onMetadata} is called by one thread; all else by any. Opening takes the partition's lock; a log that is open is reached
 * without locks. An opening may take minutes and nothing that serves other partitions waits for it: the thread of {@code onMetadata} does
 * not, {@code Upkeep} opens outside of its own lock, and deleting or closing ends it by an {@code Interruption}.
 */
@NullMarked
package io.millrace.broker.storage;

import org.jspecify.annotations.NullMarked;
