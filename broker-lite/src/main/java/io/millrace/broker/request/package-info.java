/**
 * What the broker answers: one handler class per subject, dispatched by API key.
 */
@NullMarked
package io.millrace.broker.request;

import org.jspecify.annotations.NullMarked;
