package io.millrace.worker.task;

import io.millrace.plugin.record.Breaker;
import io.millrace.worker.fault.PoisonHunt;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a task's failures, through all of its lives. Owned by the task thread.
 *
 * @param hunt for the record on which put fails
 * @param breaker where the connector's {@code stop_if} is set
 */
record TaskFaults(PoisonHunt hunt, Optional<Breaker> breaker) {
    static final String PERCENT = "millrace.stop_if.percent";
    static final String WINDOW = "millrace.stop_if.window.ms";

    static TaskFaults of(TaskSpec spec, Clock clock) {
        Map<String, String> config = spec.connectorConfig();
        String percent = config.get(PERCENT);
        String window = config.get(WINDOW);
        Optional<Breaker> breaker = percent == null || window == null
                ? Optional.empty()
                : Optional.of(new Breaker(
                        spec.stage(), Double.parseDouble(percent), Duration.ofMillis(Long.parseLong(window)), clock));
        return new TaskFaults(new PoisonHunt(), breaker);
    }

    /** @throws io.millrace.plugin.record.BreakerOpenException once too many records died */
    void throwIfOpen() {
        breaker.ifPresent(Breaker::throwIfOpen);
    }
}
