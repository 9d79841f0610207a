package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.testing.TestRunner;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.reference.ReferenceResolver;
import io.millrace.plugin.discovery.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every YAML block of the README and the guide is a pipeline that passes the check. */
class DocumentedPipelinesTest {
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TestFactory
    Stream<DynamicTest> everyBlockIsValid() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String file : List.of("README.md", "framework/docs/guide.md")) {
            String text = Files.readString(Path.of("../..").resolve(file)).replace("\r\n", "\n");
            Matcher blocks = BLOCK.matcher(text);
            while (blocks.find()) {
                String yaml = blocks.group(1);
                int line = (int) text.substring(0, blocks.start(1)).lines().count();
                tests.add(DynamicTest.dynamicTest(file + ":" + line, () -> check(file, yaml)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(2);
        return tests.stream();
    }

    /** With the tests that the block brings along. */
    private static void check(String file, String yaml) {
        CheckedPipeline pipeline = PipelineLoader.parse(file, yaml, Optional.empty(), new ShortTypes());
        pipeline.check(ReferenceResolver.none(), true);
        try (Plugins plugins = Plugins.scan(List.of())) {
            TestRunner runner = new TestRunner(pipeline, plugins);
            assertThat(pipeline.tests())
                    .allSatisfy(test -> assertThat(runner.run(test).failures())
                            .as(test.name())
                            .isEmpty());
        }
    }
}
