/**
 * What the transforms share about records: {@link io.millrace.transforms.record.Part} is the key or the value,
 * {@link io.millrace.transforms.record.PartTransform} the frame of a transform of one of them,
 * {@link io.millrace.transforms.record.Template} a text with facts of the record in it, {@link io.millrace.transforms.record.Options} reads
 * settings that are lists of paths.
 */
@NullMarked
package io.millrace.transforms.record;

import org.jspecify.annotations.NullMarked;
