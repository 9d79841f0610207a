package io.millrace.app;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a user asked for.
 *
 * @param pipeline a YAML file, or a folder with pipeline.yaml
 * @param environment of the pipeline's environments
 * @param dev whether the dev services answer references that nothing else answers
 * @param rate changes a second that the dev shop makes
 * @param dataDir everything that this run keeps
 * @param brokerPort of the embedded broker, 0 for a free one
 * @param rebuildLayers whether the layers forget their state and read the raw topics anew
 */
public record RunOptions(
        Path pipeline,
        Optional<String> environment,
        boolean dev,
        double rate,
        Path dataDir,
        int brokerPort,
        boolean rebuildLayers) {}
