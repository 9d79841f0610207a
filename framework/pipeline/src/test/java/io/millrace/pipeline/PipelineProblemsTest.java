package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of a file as a whole. */
class PipelineProblemsTest {

    @Test
    void tellsEverythingAtOnceInTheOrderOfTheFile() {
        assertThat(Pipelines.problems(Pipelines.resource("broken.yaml")) + "\n")
                .isEqualTo(Pipelines.resource("broken.txt"));
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("", "1:1 [pipeline.empty] The file holds nothing. Start with 'pipeline: <name>'."),
                fault("- a", "1:1 [pipeline.wrong-kind] 'the file' must be a map, not a list."),
                fault("pipeline: p", "1:1 [pipeline.missing-field] 'sources' is missing: a pipeline needs it."),
                fault("sources: {}", "1:1 [pipeline.missing-field] 'pipeline' is missing: a pipeline needs it."),
                fault(
                        "pipeline: p\nsources: {}\nsinks: {}\nstrems: {}",
                        "4:1 [pipeline.unknown-field] 'strems' is not a field of a pipeline. Did you mean 'streams'? Fields: apiVersion, contracts, defaults, environments, layers, owner, pipeline, sinks, sources, streams, tests."),
                fault(
                        "pipeline: Shop\nsources: {}",
                        "1:11 [pipeline.name] 'Shop' cannot be the name of a pipeline. Use a-z, 0-9, '_' and '-', at most 63 characters, the first a letter or a digit."),
                fault(
                        "pipeline: p\nsources: {}\nsteps: []",
                        "1:1 [pipeline.mixed-forms] The small form (source, steps, sink) and the full form (sources, streams, sinks) are mixed. Use one of them."),
                fault(
                        "pipeline: p\nsource: {type: logs, path: x}",
                        "1:1 [pipeline.missing-field] 'sink' is missing: a pipeline needs it.\n2:1 [pipeline.not-parsed] 'raw.source' holds bytes, and cleaned.source does not parse them first. Start its steps with 'parse', or let a sink read 'raw.source' as it is."),
                fault(
                        "pipeline: p\nsources: {}\ncluster: {bootstrap: x}",
                        "3:1 [pipeline.not-yet] 'cluster' is not there yet. Leave it out: the embedded broker is used."),
                fault(
                        "pipeline: p\nsources: {}\napiVersion: v2",
                        "3:13 [pipeline.bad-value] 'v2' is no value for 'apiVersion'. Write v1."),
                fault(
                        "pipeline: p\nsources: {}\nlayers: [cleaned, raw]",
                        "3:10 [pipeline.layers] [cleaned, raw] cannot be the layers. The first is 'raw', at least one follows, each is there once, and none is 'deadletter'."),
                fault(
                        "pipeline: p\nsources: {}\nowner: \"${env:ME}\"",
                        "3:9 [pipeline.reference] '${env:ME}' holds a reference, which is not resolved here. References work in the values of sources and sinks, and in 'hmac' of mask."),
                fault(
                        "pipeline: p\nsources: {}\ndefaults: {topic: {partitions: none, retention: 7 days, replication: 1, min_isr: 2}}",
                        "3:32 [pipeline.bad-value] 'none' is no value for 'partitions'. Write a whole number from 1 to 10000.\n3:49 [pipeline.bad-value] '7 days' is no value for 'retention'. Write a number with a unit: 500ms, 30s, 10m, 2h, 7d.\n3:82 [pipeline.bad-value] 'min_isr: 2' is more than 'replication: 1'. Nothing could be written: raise replication, or lower min_isr."),
                fault(
                        "pipeline: p\nsources: {}\ncontracts: {C: {key: [a, b, a], fields: {a: strin!, b: {tpye: int}}}}",
                        "3:29 [pipeline.duplicate-field] 'a' is in the key twice. Keep one of them.\n3:45 [pipeline.type] 'strin' is not a type. Did you mean 'string'? Types: string, int, int32, long, int64, float, double, bool, boolean, decimal(p,s), timestamp, date, bytes, list<T>, map<T>.\n3:53 [pipeline.missing-field] 'type' is missing: a contract's field needs it.\n3:57 [pipeline.unknown-field] 'tpye' is not a field of a contract's field. Did you mean 'type'? Fields: description, tags, type."),
                fault(
                        "pipeline: p\nsources: {}\ncontracts: {C: {key: ab, fields: {abc: int}}}",
                        "3:22 [pipeline.no-such-field] 'ab', of the key, is not a field of contract 'C'. Did you mean 'abc'? Fields: abc."),
                fault(
                        "pipeline: p\npipeline: q\nsources: {}",
                        "2:1 [pipeline.duplicate-key] 'pipeline' is written twice; the first is at line 1. Keep one of them."),
                fault(
                        "pipeline: p\nsources: {<<: {a: b}}",
                        "2:11 [pipeline.merge-key] Merge keys '<<' are not supported. Use an alias for a whole value, or write the fields out."),
                fault(
                        "pipeline: p\nsources: {[a]: b}",
                        "2:11 [pipeline.key] A key must be a single value. Quote it if it holds brackets."),
                fault(
                        "pipeline: p\nsources: &a {x: *a}",
                        "2:10 [pipeline.recursive-alias] The anchor 'a' holds an alias of itself. Write the value out.\n2:14 [pipeline.type-or-class] 'x' has neither 'type' nor 'class'. Write 'type: <short name>', or 'class: <connector class>' with 'config'."),
                fault(
                        "pipeline: p\nsources: {a: b",
                        "2:15 [pipeline.syntax] This is not YAML: expected ',' or '}', but got <stream end> (while parsing a flow mapping that starts at line 2). Check the indentation, the quotes and the brackets here and just before."),
                fault(
                        "pipeline: p\n sources: {}",
                        "2:9 [pipeline.syntax] This is not YAML: mapping values are not allowed here. Check the indentation, the quotes and the brackets here and just before."),
                fault(
                        "pipeline: p\nsources: {}\ntests: {}",
                        "3:8 [pipeline.wrong-kind] 'tests' must be a list, not a map."));
    }

    private static Arguments fault(String yaml, String expected) {
        return Arguments.of(yaml, expected);
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("faults")
    void tellsWhatIsWrongWithAFile(String yaml, String expected) {
        assertThat(Pipelines.problems(yaml)).isEqualTo("p.yaml:" + expected.replace("\n", "\np.yaml:"));
    }

    @Test
    void readsAFileOrAFolderAndSaysWhatItRead(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("pipeline.yaml"), "pipeline: p\nsources: {}\n");

        CheckedPipeline fromFolder = PipelineLoader.load(folder, Optional.empty(), new FakeCatalog());
        CheckedPipeline fromFile =
                PipelineLoader.load(folder.resolve("pipeline.yaml"), Optional.empty(), new FakeCatalog());

        assertThat(fromFolder.file()).isEqualTo(folder + "/pipeline.yaml");
        assertThat(fromFile.file()).isEqualTo(folder + "/pipeline.yaml");
        assertThat(fromFile.name()).isEqualTo("p");
    }

    @Test
    void saysWhenThereIsNoFile(@TempDir Path folder) {
        assertThatThrownBy(() -> PipelineLoader.load(folder, Optional.empty(), new FakeCatalog()))
                .isInstanceOf(ProblemException.class)
                .hasMessage(folder + "/pipeline.yaml [pipeline.no-file] There is no pipeline here."
                        + " Name a pipeline file, or a folder that holds pipeline.yaml.");
    }

    @Test
    void saysWhenTheFileIsNotText(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("p.yaml"), new byte[] {(byte) 0xc3, 0x28});

        assertThatThrownBy(() -> PipelineLoader.load(file, Optional.empty(), new FakeCatalog()))
                .isInstanceOf(ProblemException.class)
                .hasMessage(file + " [pipeline.syntax] The file is not UTF-8 text. Save it as UTF-8.");
    }
}
