/**
 * Ordered start, reverse-order stop.
 */
@NullMarked
package io.millrace.foundation.lifecycle;

import org.jspecify.annotations.NullMarked;
