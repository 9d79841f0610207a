package io.millrace.app.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Results as lines of text and as JSON. */
public final class TestReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The tests of one pipeline.
     *
     * @param file as the user named it
     */
    public record OfPipeline(String file, String pipeline, List<TestResult> results) {
        public OfPipeline {
            results = List.copyOf(results);
        }

        public long failed() {
            return results.stream().filter(result -> !result.passed()).count();
        }
    }

    private TestReport() {}

    /** The last line counts. */
    public static List<String> lines(List<OfPipeline> pipelines) {
        List<String> lines = new ArrayList<>();
        long all = 0;
        long failed = 0;
        for (OfPipeline pipeline : pipelines) {
            lines.add(pipeline.file());
            if (pipeline.results().isEmpty()) {
                lines.add("  no tests");
            }
            for (TestResult result : pipeline.results()) {
                lines.add((result.passed() ? "  ok      " : "  FAILED  ")
                        + result.test().name());
                result.failures().forEach(failure -> lines.addAll(lines(failure)));
            }
            all += pipeline.results().size();
            failed += pipeline.failed();
        }
        lines.add(all + (all == 1 ? " test, " : " tests, ") + (failed == 0 ? "all passed." : failed + " failed."));
        return lines;
    }

    private static List<String> lines(TestResult.Failure failure) {
        List<String> lines = new ArrayList<>(List.of("          " + failure.place() + " " + failure.message()));
        failure.details().forEach(detail -> lines.add("            " + detail));
        return lines;
    }

    public static JsonNode json(List<OfPipeline> pipelines) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode array = root.putArray("pipelines");
        for (OfPipeline pipeline : pipelines) {
            ObjectNode object = array.addObject()
                    .put("pipeline", pipeline.pipeline())
                    .put("file", pipeline.file())
                    .put("failed", pipeline.failed());
            ArrayNode tests = object.putArray("tests");
            for (TestResult result : pipeline.results()) {
                tests.add(json(result));
            }
        }
        return root;
    }

    private static ObjectNode json(TestResult result) {
        ObjectNode test = JSON.createObjectNode()
                .put("name", result.test().name())
                .put("place", result.test().place().toString())
                .put("passed", result.passed())
                .put("millis", result.took().toMillis());
        ArrayNode failures = test.putArray("failures");
        for (TestResult.Failure failure : result.failures()) {
            ArrayNode details = failures.addObject()
                    .put("place", failure.place().toString())
                    .put("message", failure.message())
                    .putArray("details");
            failure.details().forEach(details::add);
        }
        return test;
    }
}
