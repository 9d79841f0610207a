/**
 * What the black-box tests stand on: the built distribution as a process ({@link io.millrace.it.harness.MillraceProcess}), the dev services
 * it uses ({@link io.millrace.it.harness.Services}), and two independent readers of the result: SQL on the source
 * ({@link io.millrace.it.harness.ShopSource}) and DuckDB on the lake's files ({@link io.millrace.it.harness.Lake}).
 */
@NullMarked
package io.millrace.it.harness;

import org.jspecify.annotations.NullMarked;
