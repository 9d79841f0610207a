/**
 * Dead letters seen from the command line: {@link io.millrace.app.deadletter.Letter} is one, {@link io.millrace.app.deadletter.LetterGroup} those
 * of one kind of failure, {@link io.millrace.app.deadletter.LetterFilter} chooses. {@link io.millrace.app.deadletter.ReplayPlan} says which may
 * enter their stages again and why others may not, {@link io.millrace.app.deadletter.Replayer} lets them.
 *
 * <p>Invariants: a letter is never changed or removed; one is replayed once unless it is asked for again; a plan writes nothing, and a
 * replay writes what the plan says, in transactions.
 */
@NullMarked
package io.millrace.app.deadletter;

import org.jspecify.annotations.NullMarked;
