package io.millrace.pipeline;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.check.Checked;
import io.millrace.pipeline.check.ConnectorCatalog;
import io.millrace.pipeline.check.PipelineChecker;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.ModelReader;
import io.millrace.pipeline.model.PipelineModel;
import io.millrace.pipeline.testcase.TestCase;
import io.millrace.pipeline.testcase.TestReader;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlMerge;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads and checks pipelines. */
public final class PipelineLoader {
    private static final String FILE = "pipeline.yaml";

    private PipelineLoader() {}

    /**
     * The pipeline at a path.
     *
     * @param path a file, or a folder that holds {@code pipeline.yaml}
     * @param environment whose settings are laid over the file
     * @throws ProblemException with exit code YOURS and all problems, warnings included, where there is an error
     */
    public static CheckedPipeline load(Path path, Optional<String> environment, ConnectorCatalog catalog) {
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        Path tests = tests(file);
        return parse(
                file.toString(),
                text(file),
                Files.exists(tests) ? Optional.of(new Beside(tests.toString(), text(tests))) : Optional.empty(),
                environment,
                catalog);
    }

    /** More tests, in a file of their own. */
    private record Beside(String file, String text) {}

    /** {@code pipeline.yaml} has more tests in {@code pipeline.tests.yaml}. */
    private static Path tests(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString();
        return file.resolveSibling(name.replaceFirst("\\.ya?ml$", "") + ".tests.yaml");
    }

    /** The pipeline in a text; {@code file} is what places call it. */
    public static CheckedPipeline parse(
            String file, String text, Optional<String> environment, ConnectorCatalog catalog) {
        return parse(file, text, Optional.empty(), environment, catalog);
    }

    private static CheckedPipeline parse(
            String file, String text, Optional<Beside> beside, Optional<String> environment, ConnectorCatalog catalog) {
        Diagnostics diagnostics = new Diagnostics();
        Optional<YamlMap> root = YamlReader.read(file, text, diagnostics)
                .flatMap(node -> Fields.map("the file", node, diagnostics))
                .map(map -> environment
                        .map(name -> overlaid(map, name, diagnostics))
                        .orElse(map));
        Optional<PipelineModel> model = root.flatMap(map -> ModelReader.read(map, diagnostics));
        Optional<Checked> checked = model.map(it -> PipelineChecker.check(it, catalog, diagnostics));
        List<YamlList> lists = Stream.concat(
                        model.flatMap(PipelineModel::tests).stream(),
                        beside.flatMap(it -> testsBeside(it, diagnostics)).stream())
                .toList();
        // where the streams are wrong, what tests say of them is not worth telling
        List<TestCase> tests = diagnostics.hasErrors()
                ? List.of()
                : TestReader.read(
                        lists,
                        checked.orElseThrow().raw(),
                        checked.orElseThrow().streams(),
                        diagnostics);
        diagnostics.throwIfErrors();
        return new CheckedPipeline(
                file, model.orElseThrow(), checked.orElseThrow(), catalog, tests, diagnostics.sorted());
    }

    private static Optional<YamlList> testsBeside(Beside beside, Diagnostics diagnostics) {
        return YamlReader.read(beside.file(), beside.text(), diagnostics)
                .flatMap(node -> Fields.map("the file", node, diagnostics))
                .map(map -> Fields.of(map, map.place(), "a file of tests", List.of("tests"), diagnostics))
                .filter(fields -> fields.require("tests"))
                .flatMap(fields -> fields.list("tests"));
    }

    private static YamlMap overlaid(YamlMap root, String environment, Diagnostics diagnostics) {
        Optional<YamlMap> environments =
                root.get("environments").flatMap(node -> Fields.map("environments", node, diagnostics));
        Optional<YamlNode> overlay = environments.flatMap(map -> map.get(environment));
        if (overlay.isEmpty()) {
            List<String> known = environments.map(YamlMap::keys).orElse(List.of());
            diagnostics.error(
                    "pipeline.unknown-environment",
                    root.place(),
                    "'" + environment + "' is not an environment of this pipeline.",
                    DidYouMean.hint(environment, known)
                            + (known.isEmpty() ? "It has none." : "Environments: " + Fields.sorted(known) + "."));
            return root;
        }
        return Fields.map(environment, overlay.get(), diagnostics)
                .map(map -> YamlMerge.merge(root, map))
                .orElse(root);
    }

    private static String text(Path file) {
        try {
            if (!Files.exists(file)) {
                throw problem(
                        "pipeline.no-file",
                        file,
                        "There is no pipeline here.",
                        "Name a pipeline file, or a folder that holds pipeline.yaml.");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw problem("pipeline.syntax", file, "The file is not UTF-8 text.", "Save it as UTF-8.");
        } catch (IOException e) {
            throw problem("pipeline.no-file", file, "The file cannot be read.", "Check its permissions.");
        }
    }

    private static ProblemException problem(String code, Path file, String message, String remedy) {
        return new ProblemException(ExitCode.YOURS, Problem.error(code, file.toString(), message, remedy));
    }
}
