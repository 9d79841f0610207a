package io.millrace.app;

import io.millrace.app.graph.PipelineGraph;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.plugin.discovery.Plugins;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What can be told of a pipeline without touching anything but its file and the plugins. */
public final class Checking {
    private Checking() {}

    /**
     * Checks a pipeline as {@code run} would, but for the other side of its connectors.
     *
     * @param allowUnresolved whether references may have no value
     * @return warnings
     * @throws ProblemException with everything that is wrong
     */
    public static List<Problem> check(Path pipeline, Optional<String> environment, boolean allowUnresolved) {
        try (Plugins plugins = Plugins.scan(Installation.current().pluginPath())) {
            CheckedPipeline checked = PipelineLoader.load(pipeline, environment, new PluginCatalog(plugins));
            checked.check(OwnReferences.resolver(), allowUnresolved);
            return checked.warnings();
        }
    }

    /**
     * Who reads whom in a pipeline.
     *
     * @throws ProblemException with everything that is wrong
     */
    public static PipelineGraph graph(Path pipeline, Optional<String> environment) {
        try (Plugins plugins = Plugins.scan(Installation.current().pluginPath())) {
            return PipelineGraph.of(PipelineLoader.load(pipeline, environment, new PluginCatalog(plugins)));
        }
    }
}
