package io.millrace.pipeline;

import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.check.Checked;
import io.millrace.pipeline.check.ConnectorCatalog;
import io.millrace.pipeline.model.PipelineModel;
import io.millrace.pipeline.model.SectionModel;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceResolver;
import io.millrace.pipeline.step.Mask;
import io.millrace.pipeline.step.Rename;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.testcase.TestCase;
import io.millrace.pipeline.yaml.Diagnostics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A pipeline without errors, as far as can be told offline. Immutable. */
public final class CheckedPipeline {
    /** What references in secrets of steps stand for in tests. */
    static final String TEST_SECRET = "the secret of all tests, for nothing else";

    private final String file;
    private final PipelineModel model;
    private final Checked checked;
    private final ConnectorCatalog catalog;
    private final List<TestCase> tests;
    private final List<Problem> warnings;

    CheckedPipeline(
            String file,
            PipelineModel model,
            Checked checked,
            ConnectorCatalog catalog,
            List<TestCase> tests,
            List<Problem> warnings) {
        this.file = file;
        this.model = model;
        this.checked = checked;
        this.catalog = catalog;
        this.tests = List.copyOf(tests);
        this.warnings = List.copyOf(warnings);
    }

    public String name() {
        return model.name().value();
    }

    /** The YAML, as the user named it. */
    public String file() {
        return file;
    }

    /** By place; none of them stops anything. */
    public List<Problem> warnings() {
        return warnings;
    }

    public List<RawStreamPlan> raw() {
        return checked.raw();
    }

    /** Each after what it reads; known without the references. */
    public List<StreamPlan> streams() {
        return checked.streams();
    }

    /** In the order written: those of the pipeline's own file, then those of the file beside it. */
    public List<TestCase> tests() {
        return tests;
    }

    /** Who reads what, by a sink's name. */
    public List<StreamName> inputs(String sink) {
        return checked.sinkInputs().getOrDefault(sink, List.of());
    }

    /** Sources, then sinks, as written. */
    public List<SectionModel> sectionModels() {
        return Stream.concat(model.sources().stream(), model.sinks().stream()).toList();
    }

    /**
     * The layers alone, as they run in memory: without connectors and topics; nothing stops them, so that a record which would do so is a
     * dead letter; and each secret of a step is the text
     * {@value #TEST_SECRET}, so that what it masks is the same everywhere.
     */
    public PipelinePlan layersAlone() {
        ReferenceResolver secrets = reference -> Optional.of(TEST_SECRET);
        List<StreamPlan> streams = streams().stream()
                .map(stream -> stream.withSteps(stream.steps().stream()
                        .map(step -> step instanceof Mask mask
                                ? mask.withSecrets(
                                        secret -> secret.resolved(secrets, new Diagnostics(), new Diagnostics()))
                                : step)
                        .toList()))
                .toList();
        return new PipelinePlan(
                name(),
                file,
                raw(),
                streams,
                List.of(),
                List.of(),
                "deadletter." + name(),
                streams.stream()
                        .map(StreamPlan::name)
                        .collect(Collectors.toMap(Function.identity(), stream -> model.onError(stream)
                                .withoutStops())));
    }

    /**
     * The names that fields tagged {@code pii} in a contract have, or get by {@code rename} in any stream. By name only: what an expression
     * makes of such a field is not followed.
     */
    public Set<String> personalFields() {
        Set<String> names = new TreeSet<>();
        model.contracts().stream()
                .flatMap(contract -> contract.fields().stream())
                .filter(field -> field.tags().contains("pii"))
                .forEach(field -> names.add(field.name()));
        boolean more = !names.isEmpty();
        while (more) {
            more = false;
            for (StreamPlan stream : streams()) {
                for (Step step : stream.steps()) {
                    if (step instanceof Rename rename) {
                        for (Map.Entry<String, String> pair : rename.names().entrySet()) {
                            more |= names.contains(pair.getKey()) && names.add(pair.getValue());
                            more |= names.contains(pair.getValue()) && names.add(pair.getKey());
                        }
                    }
                }
            }
        }
        return names;
    }

    /** All references, of the sources, the sinks and the steps, each in the order written, whether they have fallbacks or not. */
    public List<Reference> references() {
        Stream<Reference> ofSections = Stream.concat(checked.sources().stream(), checked.sinks().stream())
                .flatMap(section -> section.references().stream());
        Stream<Reference> ofSteps = checked.streams().stream()
                .flatMap(stream -> stream.steps().stream())
                .filter(Mask.class::isInstance)
                .flatMap(step -> ((Mask) step).secrets().stream())
                .flatMap(secret -> secret.references().stream());
        return Stream.concat(ofSections, ofSteps).toList();
    }

    /**
     * Checks the values that references stand for.
     *
     * @param allowUnresolved whether a reference without an answer is passed over
     * @throws ProblemException as {@link #plan}
     */
    public void check(ReferenceResolver resolver, boolean allowUnresolved) {
        planner(resolver).resolve(allowUnresolved);
    }

    /**
     * What is to run.
     *
     * @throws ProblemException with exit code YOURS and all problems, where references have no answer or what they stand for is not right
     */
    public PipelinePlan plan(ReferenceResolver resolver) {
        return planner(resolver).plan();
    }

    /**
     * The sections of short types, sources first, to be looked at before anything starts.
     *
     * @throws ProblemException as {@link #plan}
     */
    public List<ResolvedSection> sections(ReferenceResolver resolver) {
        return planner(resolver).sections();
    }

    private Planner planner(ReferenceResolver resolver) {
        return new Planner(file, model, checked, catalog, resolver);
    }
}
