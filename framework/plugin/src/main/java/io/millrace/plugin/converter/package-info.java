/**
 * The converters of bytes and of single values that Apache Kafka ships inside its Connect runtime, which is not here. Configurations that
 * name Apache's classes get these: same settings, same bytes.
 */
@NullMarked
package io.millrace.plugin.converter;

import org.jspecify.annotations.NullMarked;
