/**
 * Our worker held against Apache Kafka's Connect. {@link io.millrace.it.conformance.ConformanceIT} plays each
 * {@link io.millrace.it.conformance.Scenario} on every {@link io.millrace.it.conformance.Runtime}: Kafka Connect standalone, Kafka Connect distributed
 * with exactly-once sources, and our worker, each in a JVM and on a broker of its own. The probe plugins write down every call;
 * {@link io.millrace.it.conformance.Story} takes out of that what a runtime is free to do; what is left and what a scenario asks besides are
 * {@link io.millrace.it.conformance.Finding}s. Findings of ours that are not Connect's must stand in {@link io.millrace.it.conformance.Differences}, and
 * those that stand there must occur. {@code target/conformance/report.md} tells it by the items of {@link io.millrace.it.conformance.Checklist}.
 */
package io.millrace.it.conformance;
