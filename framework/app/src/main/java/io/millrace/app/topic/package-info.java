/**
 * How a command looks into the topics of a run, from outside of it. {@link io.millrace.app.topic.RunFile} is what a run leaves in its data
 * folder, {@link io.millrace.app.topic.BrokerAddress} finds the broker by it, {@link io.millrace.app.topic.TopicReader} reads what is committed
 * until now.
 *
 * <p>Invariants: nothing here writes to the broker or joins a group; a file of a run that is gone is never believed; what cannot be reached
 * is told in one sentence, within seconds.
 */
@NullMarked
package io.millrace.app.topic;

import org.jspecify.annotations.NullMarked;
