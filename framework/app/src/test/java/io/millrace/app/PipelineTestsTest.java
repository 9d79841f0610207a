package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.testing.TestReport;
import io.millrace.app.testing.TestResult;
import io.millrace.app.testing.TestRunner;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.plugin.discovery.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The pipelines that come along pass the tests that they bring along. */
class PipelineTestsTest {
    private static final Path PIPELINES = Path.of("../../pipelines");

    @TestFactory
    Stream<DynamicTest> everyTestOfEveryPipelinePasses() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> folders = Files.list(PIPELINES)) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                CheckedPipeline pipeline = PipelineLoader.load(folder, Optional.empty(), new ShortTypes());
                pipeline.tests()
                        .forEach(test -> tests.add(DynamicTest.dynamicTest(test.name(), () -> {
                            try (Plugins plugins = Plugins.scan(List.of())) {
                                TestResult result = new TestRunner(pipeline, plugins).run(test);
                                assertThat(result.passed())
                                        .as(String.join(
                                                "\n",
                                                TestReport.lines(List.of(new TestReport.OfPipeline(
                                                        pipeline.file(), pipeline.name(), List.of(result))))))
                                        .isTrue();
                            }
                        })));
            }
        }
        assertThat(tests).hasSizeGreaterThan(3);
        return tests.stream();
    }
}
