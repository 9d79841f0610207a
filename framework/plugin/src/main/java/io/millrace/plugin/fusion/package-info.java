/**
 * Kafka Connect's own transforms, several in one pass.
 *
 * <p>Each of Apache's transforms copies the whole struct, looks its fields up by name and finds its output's schema in a cache. {@link
 * io.millrace.plugin.fusion.Fusion} takes a run of them that stand behind one another, and makes a {@link io.millrace.plugin.fusion.Plan} for each
 * schema that comes in: one expression for each field that goes out. The plan is drafted from the first record of the schema, which Apache's own
 * transforms pass through one by one: they say what the schemas between and behind them are, and the plan's result must equal theirs, or the
 * plan is not used.
 *
 * <p>Invariants: the result equals that of the transforms one after another. Wherever a plan meets anything else than what it was made for (no
 * struct, a null where none may be, a value that cannot be cast or masked, an offset wanted of what is no sink record), it gives the record
 * up unchanged; the transforms themselves then do it, so that a failure is theirs and names the right one. Values that a schema already let into
 * a struct are checked again only where they go out.
 *
 * <p>Used by {@code io.millrace.plugin.record}. A fusion belongs to one thread.
 */
@NullMarked
package io.millrace.plugin.fusion;

import org.jspecify.annotations.NullMarked;
