/**
 * Dev services: the real servers that a laptop has not got, for {@code run --dev} and for tests. A program of its own
 * ({@link io.millrace.dev.DevServices}), started as a child process, so that its class path stays its own; the servers it starts outlive
 * it and are found again through their folder.
 *
 * <p>{@code up} prints one line of JSON on standard output, either what was started or {@code {"problems": [...]}}; with
 * {@code --as-ready} one line for each server when it is ready, so that what needs one of them does not wait for all; what it is doing
 * goes to standard error. Below: {@code process} what finding and stopping servers needs, {@code postgres}, {@code s3}, {@code search}, and {@code shop},
 * the example data and what changes it.
 */
@NullMarked
package io.millrace.dev;

import org.jspecify.annotations.NullMarked;
