package io.millrace.app.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.testcase.Expected;
import io.millrace.pipeline.testcase.TestCase;
import io.millrace.pipeline.yaml.Place;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JUnitReportTest {
    @Test
    void aSuiteForEachPipelineAndACaseForEachTest() {
        Place place = new Place("p.yaml", 7, 3);
        Expected nothing = new Expected(
                place,
                List.of(),
                new Expected.Leftovers<>(true, List.of()),
                new Expected.Leftovers<>(true, List.of()),
                List.of());
        TestCase test = new TestCase("a <b> & c\u0001", place, TestCase.START, List.of(), nothing);
        TestResult passed = new TestResult(test, List.of(), Duration.ofMillis(1500));
        TestResult failed = new TestResult(
                test,
                List.of(new TestResult.Failure(place, "cleaned.x has 1 record, not 0", List.of("{id: 1}"))),
                Duration.ofMillis(20));

        assertThat(JUnitReport.xml(List.of(new TestReport.OfPipeline("p.yaml", "shop", List.of(passed, failed)))))
                .isEqualTo("""
                        <?xml version="1.0" encoding="UTF-8"?>
                        <testsuites>
                          <testsuite name="shop" file="p.yaml" tests="2" failures="1" errors="0" skipped="0" time="1.520">
                            <testcase classname="shop" name="a &lt;b&gt; &amp; c?" time="1.500"></testcase>
                            <testcase classname="shop" name="a &lt;b&gt; &amp; c?" time="0.020"><failure message="cleaned.x has 1 record, not 0">p.yaml:7:3 cleaned.x has 1 record, not 0
                          {id: 1}</failure></testcase>
                          </testsuite>
                        </testsuites>
                        """);
    }
}
