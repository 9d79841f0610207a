/**
 * Helpers for configuration that users write.
 */
@NullMarked
package io.millrace.foundation.config;

import org.jspecify.annotations.NullMarked;
