package io.millrace.app.testing;

import io.millrace.app.look.FlowText;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.memory.InMemoryLayers;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.topology.StreamCounters;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.testcase.Expected;
import io.millrace.pipeline.testcase.TestCase;
import io.millrace.pipeline.yaml.Place;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.plugin.record.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.errors.StreamsException;

/** Runs the tests of one pipeline, each in layers of its own. Owned by one thread. */
public final class TestRunner {
    private final PipelinePlan plan;
    private final Plugins plugins;
    private final RowCodec codec = new RowCodec();

    /**
     * @param plugins where {@code smt} steps find their transforms; not closed here
     */
    public TestRunner(CheckedPipeline pipeline, Plugins plugins) {
        this.plan = pipeline.layersAlone();
        this.plugins = plugins;
    }

    public TestResult run(TestCase test) {
        long begin = System.nanoTime();
        List<TestResult.Failure> failures = new ArrayList<>();
        Place at = test.place();
        try (InMemoryLayers layers = InMemoryLayers.start(plan, test.entered(), plugins, test.start())) {
            for (TestCase.Event event : test.given()) {
                if (event instanceof TestCase.Event.Enter enter) {
                    at = enter.record().place();
                    layers.enter(enter.record());
                } else if (event instanceof TestCase.Event.Advance advance) {
                    layers.advance(advance.by());
                }
            }
            compare(test.expected(), layers, failures);
        } catch (EvaluationException e) {
            failures.add(new TestResult.Failure(at, "the record cannot be written: " + e.getMessage(), List.of()));
        } catch (StreamsException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            failures.add(new TestResult.Failure(at, "the layers stopped at this record: " + cause, List.of()));
        }
        return new TestResult(test, failures, Duration.ofNanos(System.nanoTime() - begin));
    }

    private void compare(Expected expected, InMemoryLayers layers, List<TestResult.Failure> failures) {
        for (Expected.OfStream stream : expected.streams()) {
            StreamPlan written = stream(stream.stream());
            new StreamMatch(stream.stream().toString(), stream.place(), failures)
                    .compare(stream, read(written, written.topic(), layers));
        }
        if (!failures.isEmpty()) {
            held(layers).ifPresent(held -> {
                TestResult.Failure last = failures.remove(failures.size() - 1);
                List<String> details = new ArrayList<>(last.details());
                details.add(held);
                failures.add(new TestResult.Failure(last.place(), last.message(), details));
            });
        }
        deadLetters(expected, layers, failures);
        late(expected, layers, failures);
        for (Expected.Dropped dropped : expected.dropped()) {
            Map<String, Long> counts = layers.counters(dropped.stream())
                    .map(StreamCounters::dropped)
                    .orElse(Map.of());
            if (counts.getOrDefault(dropped.rule(), 0L) != dropped.count()) {
                failures.add(new TestResult.Failure(
                        dropped.place(),
                        dropped.stream() + " dropped " + counts.getOrDefault(dropped.rule(), 0L) + " by '"
                                + dropped.rule() + "', not " + dropped.count(),
                        counts.isEmpty() ? List.of() : List.of("it dropped " + FlowText.of(counts))));
            }
        }
    }

    /** What waits could be what is missing. */
    private Optional<String> held(InMemoryLayers layers) {
        List<String> waiting = new ArrayList<>();
        for (StreamPlan stream : plan.streams()) {
            long held = layers.counters(stream.name())
                    .map(counted -> counted.held().sum())
                    .orElse(0L);
            if (held > 0) {
                waiting.add(stream.name() + " holds " + held);
            }
        }
        return waiting.isEmpty()
                ? Optional.empty()
                : Optional.of("still waiting: " + String.join(", ", waiting) + "; 'advance' lets time pass");
    }

    private List<CameOut> read(StreamPlan stream, String topic, InMemoryLayers layers) {
        return layers.written(topic).stream()
                .map(record -> CameOut.read(stream, codec, record))
                .toList();
    }

    private StreamPlan stream(StreamName name) {
        return plan.streams().stream()
                .filter(stream -> stream.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void deadLetters(Expected expected, InMemoryLayers layers, List<TestResult.Failure> failures) {
        if (expected.deadLetters().any()) {
            return;
        }
        List<InMemoryLayers.Emitted> left = new ArrayList<>(layers.written(plan.deadLetterTopic()));
        List<Expected.DeadLetter> missing = new ArrayList<>();
        for (Expected.DeadLetter letter : expected.deadLetters().all()) {
            if (!takeOut(letter, left)) {
                missing.add(letter);
            }
        }
        for (Expected.DeadLetter letter : missing) {
            failures.add(new TestResult.Failure(
                    letter.place(),
                    "there is no such dead letter",
                    left.isEmpty()
                            ? List.of("there are no others")
                            : left.stream().map(TestRunner::text).toList()));
        }
        if (missing.isEmpty()) {
            left.forEach(letter -> failures.add(
                    new TestResult.Failure(expected.place(), "a dead letter is not expected", List.of(text(letter)))));
        }
    }

    private static boolean takeOut(Expected.DeadLetter expected, List<InMemoryLayers.Emitted> left) {
        for (Iterator<InMemoryLayers.Emitted> letters = left.iterator(); letters.hasNext(); ) {
            InMemoryLayers.Emitted letter = letters.next();
            String stage = header(letter, DeadLetterHeaders.STAGE);
            if (expected.stream().map(stream -> stage.startsWith(stream + ".")).orElse(true)
                    && expected.step().map(step -> stage.endsWith("." + step)).orElse(true)
                    && is(expected.rule(), letter, DeadLetterHeaders.RULE)
                    && is(expected.code(), letter, DeadLetterHeaders.ERROR_CODE)) {
                letters.remove();
                return true;
            }
        }
        return false;
    }

    private static boolean is(Optional<String> expected, InMemoryLayers.Emitted letter, String header) {
        return expected.map(text -> text.equals(header(letter, header))).orElse(true);
    }

    private static String text(InMemoryLayers.Emitted letter) {
        return header(letter, DeadLetterHeaders.STAGE) + ", rule '" + header(letter, DeadLetterHeaders.RULE) + "' ["
                + header(letter, DeadLetterHeaders.ERROR_CODE) + "]: "
                + header(letter, DeadLetterHeaders.ERROR_MESSAGE);
    }

    private static String header(InMemoryLayers.Emitted record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private void late(Expected expected, InMemoryLayers layers, List<TestResult.Failure> failures) {
        if (expected.late().any()) {
            return;
        }
        for (StreamPlan stream : plan.streams()) {
            List<Expected.Row> rows = expected.late().all().stream()
                    .filter(late -> late.stream().equals(stream.name()))
                    .map(Expected.Late::row)
                    .toList();
            if (rows.isEmpty() && !stream.hasLate()) {
                continue;
            }
            List<CameOut> records = read(stream, PipelinePlan.lateTopic(plan.pipeline(), stream.name()), layers);
            Place place = rows.isEmpty() ? expected.place() : rows.get(0).place();
            new StreamMatch("late of " + stream.name(), place, failures).inOrder(rows, records);
        }
    }
}
