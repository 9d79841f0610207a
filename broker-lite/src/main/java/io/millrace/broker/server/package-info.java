/**
 * Puts the parts of a broker together, in the order of start and stop.
 */
@NullMarked
package io.millrace.broker.server;

import org.jspecify.annotations.NullMarked;
