package io.millrace.worker.fault;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a connector's {@code errors.*} settings say (KIP-298). Sources and sinks use the same keys.
 *
 * @param tolerated whether a failing record is set aside instead of failing the task
 * @param retryTimeout how long a retriable failure is tried again; negative is forever
 * @param maxRetryDelay longest pause between two tries, at least 1 ms
 * @param deadLetterTopic where tolerated records go; without one they are counted as dropped and logged
 * @param deadLetterReplication replication factor of that topic if it has to be created; -1 is the broker's default
 * @param skips whether they are dropped, each under {@code skipped.<rule>}, as {@code then: skip} of a pipeline says; also those on which {@code put}
 *     throws, which are looked for. Ours, not Connect's: {@code millrace.skip}
 * @param log whether each failing record is logged (its place and error, never its contents)
 */
public record ErrorPolicy(
        boolean tolerated,
        Duration retryTimeout,
        Duration maxRetryDelay,
        Optional<String> deadLetterTopic,
        short deadLetterReplication,
        boolean skips,
        boolean log) {

    public static ErrorPolicy from(Map<String, String> config) {
        boolean all = config.getOrDefault("errors.tolerance", "none")
                .strip()
                .toLowerCase(Locale.ROOT)
                .equals("all");
        long retry =
                Long.parseLong(config.getOrDefault("errors.retry.timeout", "0").strip());
        long delay = Long.parseLong(
                config.getOrDefault("errors.retry.delay.max.ms", "60000").strip());
        return new ErrorPolicy(
                all,
                Duration.ofMillis(retry),
                Duration.ofMillis(Math.max(1, delay)),
                Optional.ofNullable(config.get("errors.deadletterqueue.topic.name"))
                        .filter(name -> !name.isBlank()),
                Short.parseShort(config.getOrDefault("errors.deadletterqueue.topic.replication.factor", "-1")
                        .strip()),
                all
                        && Boolean.parseBoolean(
                                config.getOrDefault("millrace.skip", "false").strip()),
                Boolean.parseBoolean(
                        config.getOrDefault("errors.log.enable", "false").strip()));
    }

    /** Dead letters are written only where failures are tolerated. */
    public boolean hasDeadLetters() {
        return tolerated && deadLetterTopic.isPresent();
    }

    /** Whether a record that fails goes by itself, so that it is worth to look which one it is. */
    public boolean setsAside() {
        return hasDeadLetters() || skips;
    }
}
