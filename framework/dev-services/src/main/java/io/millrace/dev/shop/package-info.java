/**
 * The example shop: tables {@code customers}, {@code orders} and {@code order_details} with the column names and types of the Northwind
 * sample database, base data, and changes. {@link io.millrace.dev.shop.ShopSchema} makes tables and base data,
 * {@link io.millrace.dev.shop.ShopScript} makes changes, {@link io.millrace.dev.shop.ShopGenerator} does so at a rate.
 *
 * <p>Invariants: the same seed on the same rows makes the same changes; each change is one transaction; a {@code real} that is written
 * has at most six significant digits, because that is what PostgreSQL's {@code real::numeric} keeps.
 */
@NullMarked
package io.millrace.dev.shop;

import org.jspecify.annotations.NullMarked;
