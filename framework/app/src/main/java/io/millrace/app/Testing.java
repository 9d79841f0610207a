package io.millrace.app;

import io.millrace.app.testing.TestReport;
import io.millrace.app.testing.TestResult;
import io.millrace.app.testing.TestRunner;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.testcase.TestCase;
import io.millrace.plugin.discovery.Plugins;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Runs the tests of pipelines with the plugins of this installation. */
public final class Testing {
    private Testing() {}

    /**
     * @param chosen of the tests, by name
     * @throws io.millrace.foundation.error.ProblemException with everything that is wrong with the first pipeline that is
     */
    public static List<TestReport.OfPipeline> run(
            List<Path> pipelines, Optional<String> environment, Predicate<String> chosen) {
        List<TestReport.OfPipeline> reports = new ArrayList<>();
        try (Plugins plugins = Plugins.scan(Installation.current().pluginPath())) {
            PluginCatalog catalog = new PluginCatalog(plugins);
            for (Path path : pipelines) {
                CheckedPipeline pipeline = PipelineLoader.load(path, environment, catalog);
                TestRunner runner = new TestRunner(pipeline, plugins);
                List<TestResult> results = new ArrayList<>();
                for (TestCase test : pipeline.tests()) {
                    if (chosen.test(test.name())) {
                        results.add(runner.run(test));
                    }
                }
                reports.add(new TestReport.OfPipeline(pipeline.file(), pipeline.name(), results));
            }
        }
        return reports;
    }
}
