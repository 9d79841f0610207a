/**
 * Benchmarks over the built distribution, run by the profile {@code benchmarks}: CPU seconds before wall-clock times, read from the threads of
 * the process or from the process. {@link io.millrace.it.bench.ShopBenchmark} runs a whole pipeline, and
 * {@link io.millrace.it.bench.ThreadCpu} tells which part of Millrace used what; {@link io.millrace.it.bench.BrokerBenchmark} puts the broker
 * beside Apache Kafka's, of which each is a {@link io.millrace.it.bench.BrokerJvm}.
 */
package io.millrace.it.bench;
