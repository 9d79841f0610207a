package io.millrace.app.command;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlReader;
import io.millrace.pipeline.yaml.YamlScalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of a pipeline that was given as a name, a file or a folder. Nothing but the name is read and checked. */
final class PipelineNames {
    private PipelineNames() {}

    /** @throws ProblemException YOURS, where a file has no name in it or cannot be read */
    static String of(String given) {
        Path path = Path.of(given);
        Path file = Files.isDirectory(path) ? path.resolve("pipeline.yaml") : path;
        boolean isFile = Files.exists(file) || given.endsWith(".yaml") || given.endsWith(".yml") || given.contains("/");
        if (!isFile) {
            return given;
        }
        Diagnostics diagnostics = new Diagnostics();
        try {
            return YamlReader.read(file.toString(), Files.readString(file), diagnostics)
                    .filter(YamlMap.class::isInstance)
                    .map(YamlMap.class::cast)
                    .flatMap(root -> root.get("pipeline"))
                    .filter(YamlScalar.class::isInstance)
                    .map(name -> ((YamlScalar) name).text())
                    .orElseThrow(
                            () -> problem(file, "The file names no pipeline.", "Write 'pipeline: <name>' into it."));
        } catch (IOException e) {
            throw problem(
                    file, "There is no pipeline here that can be read.", "Name a pipeline, its file or its folder.");
        }
    }

    private static ProblemException problem(Path file, String message, String remedy) {
        return new ProblemException(
                ExitCode.YOURS, Problem.error("pipeline.no-file", file.toString(), message, remedy));
    }
}
