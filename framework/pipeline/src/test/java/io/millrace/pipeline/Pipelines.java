package io.millrace.pipeline;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Loads pipelines in tests. */
final class Pipelines {
    private Pipelines() {}

    static CheckedPipeline load(String yaml) {
        return load(yaml, Optional.empty());
    }

    static CheckedPipeline load(String yaml, Optional<String> environment) {
        return PipelineLoader.parse("p.yaml", yaml, environment, new FakeCatalog());
    }

    /** Everything that is told of a pipeline, warnings too, a line each. */
    static String problems(String yaml) {
        try {
            return load(yaml).warnings().stream().map(Problem::text).collect(Collectors.joining("\n"));
        } catch (ProblemException e) {
            if (e.exitCode() != ExitCode.YOURS) {
                throw e;
            }
            return e.getMessage();
        }
    }

    static PipelinePlan plan(String yaml, Map<String, String> environment) {
        return load(yaml).plan(ReferenceResolver.of(environment, path -> Map.of("key", "from " + path)));
    }

    static String resource(String name) {
        try (InputStream in = Pipelines.class.getResourceAsStream("/pipelines/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
