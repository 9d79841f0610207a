/**
 * Places within records, and rewriting what stands there. {@link io.millrace.transforms.path.FieldPath} names a place in a struct or in a
 * map without schema; {@link io.millrace.transforms.path.LeafRewriter} puts other values (and their schemas) at places and leaves the rest;
 * {@link io.millrace.transforms.path.Shape} makes a new structure out of fields of the old one. What depends on a schema alone is worked
 * out once per schema.
 *
 * <p>Invariants: an input record is never changed; null is not missing, and a null structure stays null; with and without schema the same
 * values come out.
 */
@NullMarked
package io.millrace.transforms.path;

import org.jspecify.annotations.NullMarked;
