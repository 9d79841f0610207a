package io.millrace.pipeline;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.pipeline.check.Checked;
import io.millrace.pipeline.check.CheckedSection;
import io.millrace.pipeline.check.ConnectorCatalog;
import io.millrace.pipeline.check.SectionCheck;
import io.millrace.pipeline.check.SectionField;
import io.millrace.pipeline.model.ErrorPolicy;
import io.millrace.pipeline.model.PipelineModel;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.ConnectorPlan;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.plan.TopicPlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import io.millrace.pipeline.step.Mask;
import io.millrace.pipeline.yaml.Diagnostics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Answers the references of a checked pipeline, checks what they stand for, and writes down what is to run. Used once. */
final class Planner {
    private final String file;
    private final PipelineModel model;
    private final Checked checked;
    private final ReferenceResolver resolver;
    private final Diagnostics diagnostics = new Diagnostics();
    private final SectionCheck sectionCheck;

    /** A section and its values; holds secrets. */
    record Resolved(CheckedSection section, Map<String, String> values, List<Map<String, String>> transforms) {}

    Planner(String file, PipelineModel model, Checked checked, ConnectorCatalog catalog, ReferenceResolver resolver) {
        this.file = file;
        this.model = model;
        this.checked = checked;
        this.resolver = resolver;
        this.sectionCheck = new SectionCheck(model.name().value(), catalog, diagnostics);
    }

    PipelinePlan plan() {
        List<Resolved> resolved = resolve(false);
        String pipeline = model.name().value();
        String deadLetterTopic = "deadletter." + pipeline;
        List<StreamPlan> streams = streams(diagnostics);
        ConnectorConfigs configs = new ConnectorConfigs(model, deadLetterTopic);
        return new PipelinePlan(
                pipeline,
                file,
                checked.raw(),
                streams,
                resolved.stream().map(section -> connector(section, configs)).toList(),
                topics(pipeline, deadLetterTopic),
                deadLetterTopic,
                onError());
    }

    private Map<StreamName, ErrorPolicy> onError() {
        return checked.streams().stream()
                .map(StreamPlan::name)
                .collect(Collectors.toMap(Function.identity(), model::onError));
    }

    private List<TopicPlan> topics(String pipeline, String deadLetterTopic) {
        Topics topics = new Topics(model.defaults().topic());
        List<TopicPlan> all = new ArrayList<>(topics.of(checked, deadLetterTopic, PipelinePlan.replayTopic(pipeline)));
        all.addAll(topics.late(pipeline, checked));
        return all;
    }

    List<ResolvedSection> sections() {
        List<ResolvedSection> sections = new ArrayList<>();
        for (Resolved resolved : resolve(false)) {
            resolved.section()
                    .shorthand()
                    .ifPresent(shorthand ->
                            sections.add(new ResolvedSection(shorthand, section(resolved), resolved.section())));
        }
        return sections;
    }

    /** The sections with their references answered; a value without an answer is left out where that is allowed. */
    List<Resolved> resolve(boolean allowUnresolved) {
        Diagnostics unresolved = allowUnresolved ? new Diagnostics() : diagnostics;
        List<Resolved> resolved = Stream.concat(checked.sources().stream(), checked.sinks().stream())
                .map(section -> new Resolved(
                        section,
                        values(section.fields(), unresolved),
                        section.transforms().stream()
                                .map(fields -> values(fields, unresolved))
                                .toList()))
                .toList();
        streams(unresolved);
        diagnostics.throwIfErrors();
        for (Resolved section : resolved) {
            sectionCheck.resolved(
                    section.section(),
                    section.values(),
                    checked.inputs(section.section().model().name()));
        }
        diagnostics.throwIfErrors();
        if (!unresolved.hasErrors()) {
            resolved.forEach(this::checkStreams);
        }
        diagnostics.throwIfErrors();
        return resolved;
    }

    /** The streams with the secrets of their steps. */
    private List<StreamPlan> streams(Diagnostics unresolved) {
        return checked.streams().stream()
                .map(stream -> stream.withSteps(stream.steps().stream()
                        .map(step -> step instanceof Mask mask
                                ? mask.withSecrets(secret -> secret.resolved(resolver, unresolved, diagnostics))
                                : step)
                        .toList()))
                .toList();
    }

    private Map<String, String> values(List<SectionField> fields, Diagnostics unresolved) {
        Map<String, String> values = new LinkedHashMap<>();
        for (SectionField field : fields) {
            field.resolve(resolver, unresolved).ifPresent(value -> values.put(field.name(), value));
        }
        return values;
    }

    /** Streams are typed before references are answered, so an answer must not change which streams there are. */
    private void checkStreams(Resolved resolved) {
        Optional<ConnectorShorthand> shorthand = resolved.section().shorthand();
        if (shorthand.isEmpty() || shorthand.get().role() != ConnectorShorthand.Role.SOURCE) {
            return;
        }
        String source = resolved.section().model().name();
        Set<RawStream> now = Set.copyOf(shorthand.get().streams(section(resolved)));
        Set<RawStream> before = checked.raw().stream()
                .filter(stream -> stream.source().equals(source))
                .map(stream -> new RawStream(stream.name().name(), stream.kind(), stream.format()))
                .collect(Collectors.toSet());
        if (!now.equals(before)) {
            diagnostics.error(
                    "pipeline.streams-by-reference",
                    resolved.section().model().place(),
                    "Which streams source '" + source + "' makes depends on a reference.",
                    "Write out the field that names them: streams are checked before references are answered.");
        }
    }

    private Section section(Resolved resolved) {
        return sectionCheck.section(
                resolved.section(),
                resolved.values(),
                checked.inputs(resolved.section().model().name()));
    }

    private ConnectorPlan connector(Resolved resolved, ConnectorConfigs configs) {
        CheckedSection section = resolved.section();
        String name = section.model().name();
        Map<String, String> own = section.shorthand()
                .map(shorthand -> shorthand.connectorConfig(section(resolved)))
                .orElse(resolved.values());
        String connectorClass = section.shorthand()
                .map(ConnectorShorthand::connectorClass)
                .orElse(section.model().typeText());
        List<String> topics =
                checked.inputs(name).stream().map(Section.InputStream::topic).toList();
        Map<String, String> config = configs.complete(
                section.model(), connectorClass, own, topics, bytes(name, topics), resolved.transforms());
        return new ConnectorPlan(
                model.name().value() + "." + name,
                name,
                section.model().typeText(),
                section.model().role(),
                config,
                checked.sinkInputs().getOrDefault(name, List.of()));
    }

    /** Whether a section writes or reads bytes: a check made sure that it is all or nothing for a sink. */
    private boolean bytes(String section, List<String> topics) {
        List<RawStreamPlan> streams = checked.raw().stream()
                .filter(stream -> stream.source().equals(section) || topics.contains(stream.topic()))
                .toList();
        return !streams.isEmpty() && streams.stream().allMatch(stream -> stream.format() == RawStream.Format.BYTES);
    }
}
