package io.millrace.app.testing;

import io.millrace.pipeline.testcase.TestCase;
import io.millrace.pipeline.yaml.Place;
import java.time.Duration;
import java.util.List;

/**
 * How a test went.
 *
 * @param failures none where it passed
 */
public record TestResult(TestCase test, List<Failure> failures, Duration took) {

    /**
     * Something that is not as expected.
     *
     * @param place of the expectation
     * @param message one sentence without its full stop
     * @param details a line each
     */
    public record Failure(Place place, String message, List<String> details) {
        public Failure {
            details = List.copyOf(details);
        }
    }

    public TestResult {
        failures = List.copyOf(failures);
    }

    public boolean passed() {
        return failures.isEmpty();
    }
}
