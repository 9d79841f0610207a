/**
 * YAML text to a tree that remembers where everything stands. {@link io.millrace.pipeline.yaml.YamlReader} reads,
 * {@link io.millrace.pipeline.yaml.YamlNode} is the tree, {@link io.millrace.pipeline.yaml.YamlMerge} lays an environment over it, and
 * {@link io.millrace.pipeline.yaml.Diagnostics} collects what is wrong, by place.
 *
 * <p>Invariant: every key and every value keeps the {@link io.millrace.pipeline.yaml.Place} at which a user wrote it, through merges too.
 * Scalars are text: YAML 1.2's JSON schema decides only what is null, so that {@code NO}, {@code 010} and dates stay what they look like.
 */
@NullMarked
package io.millrace.pipeline.yaml;

import org.jspecify.annotations.NullMarked;
