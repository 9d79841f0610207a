/**
 * {@code run --dev}: which references of a pipeline a laptop cannot answer ({@link io.millrace.app.dev.DevNeeds}), and the child
 * processes that answer them ({@link io.millrace.app.dev.DevServices}). No connector is changed by it.
 */
@NullMarked
package io.millrace.app.dev;

import org.jspecify.annotations.NullMarked;
