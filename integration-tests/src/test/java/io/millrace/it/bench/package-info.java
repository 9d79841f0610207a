/**
 * Benchmarks over the built distribution, run by the profile {@code benchmarks}: CPU seconds, never wall-clock times, read from the
 * threads of the process. {@link io.millrace.it.bench.ThreadCpu} tells which part of Millrace used them.
 */
package io.millrace.it.bench;
