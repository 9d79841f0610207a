package io.millrace.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.app.look.Decoded;
import io.millrace.app.look.FlowText;
import io.millrace.app.look.Tap;
import io.millrace.app.status.StatusReport;
import io.millrace.expression.Expression;
import io.millrace.expression.ExpressionCompiler;
import io.millrace.expression.ExpressionException;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RowType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace tap}: a stream's records as they come. */
@Command(name = "tap", description = "Show the records of a stream of a running pipeline as they come.")
public final class TapCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Mixin
    private Target target = new Target();

    @Parameters(paramLabel = "<stream>", description = "Its full name: cleaned.orders.")
    private String stream = "";

    @Option(names = "--where", description = "Only records for which this expression is true: value.total > 100.")
    private @Nullable String where;

    @Option(names = "-n", defaultValue = "0", description = "Stop after so many (default: never).")
    private int count;

    @Option(names = "--from-beginning", description = "Begin with the oldest record.")
    private boolean fromBeginning;

    private long shown;
    private long faulty;

    @Override
    public Integer call() {
        if (count < 0) {
            throw LetterChoice.bad(Integer.toString(count), "-n", "Write a whole number, 0 for no end.");
        }
        Optional<Expression> condition = Optional.ofNullable(where).map(TapCommand::compiled);
        StatusReport report = target.report();
        String topic = topic(report);
        Decoded decoded = new Decoded(Set.copyOf(report.personal()));
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (target.isJson()) {
            out.println(Target.object()
                    .put("command", "tap")
                    .put("version", 1)
                    .put("stream", stream)
                    .put("topic", topic));
            out.flush();
        }
        try (Tap tap = new Tap(report.broker(), topic, fromBeginning)) {
            tap.follow(
                    record -> show(record, condition, decoded, out),
                    () -> count == 0 || shown < count,
                    skipped -> err.println(
                            skipped + " records were passed over: they came faster than they could be shown."));
        } catch (KafkaException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "cli.broker-unreachable",
                            report.broker(),
                            "The broker at '" + report.broker() + "' cannot be used: " + e.getMessage() + ".",
                            "Check that the pipeline runs."),
                    e);
        }
        if (faulty > 0) {
            err.println(faulty + " records could not be judged by '--where'.");
        }
        return 0;
    }

    private static Expression compiled(String text) {
        try {
            return new ExpressionCompiler().compile(text, RowType.ANY, RowType.ANY);
        } catch (ExpressionException e) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    e.faults().stream()
                            .map(fault -> Problem.error(
                                    fault.code(),
                                    "--where:" + fault.line() + ":" + fault.column(),
                                    fault.message(),
                                    fault.remedy()))
                            .toList());
        }
    }

    private String topic(StatusReport report) {
        Map<String, String> topics = new LinkedHashMap<>();
        report.raw().forEach(raw -> topics.put(raw.name(), raw.topic()));
        report.streams().forEach(one -> topics.put(one.name(), one.topic()));
        String topic = topics.get(stream);
        if (topic == null) {
            List<String> names = new ArrayList<>(topics.keySet());
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "cli.unknown-stream",
                            "",
                            "'" + stream + "' is not a stream of '" + report.pipeline() + "'.",
                            DidYouMean.hint(stream, names) + "Streams: " + String.join(", ", names) + "."));
        }
        return topic;
    }

    private void show(
            ConsumerRecord<byte[], byte[]> record, Optional<Expression> condition, Decoded decoded, PrintWriter out) {
        try {
            if (condition.isPresent() && !condition.get().holds(decoded.scope(record))) {
                return;
            }
        } catch (EvaluationException e) {
            // counted, and told at the end: one odd record must not end the view of all others
            faulty++;
            return;
        }
        shown++;
        Object key = decoded.key(record.key());
        Object value = decoded.value(record.value());
        Instant at = Instant.ofEpochMilli(Math.max(0, record.timestamp()));
        if (target.isJson()) {
            ObjectNode node = Target.object()
                    .put("partition", record.partition())
                    .put("offset", record.offset())
                    .put("at", at.toString());
            node.set("key", JSON.valueToTree(Target.plain(key)));
            node.set("value", JSON.valueToTree(Target.plain(value)));
            ObjectNode headers = node.putObject("headers");
            record.headers()
                    .forEach(header -> headers.put(
                            header.key(),
                            header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8)));
            out.println(node);
        } else {
            out.println(at + "  " + record.partition() + "@" + record.offset() + "  " + FlowText.of(key) + "  "
                    + (record.value() == null ? "deleted" : FlowText.of(value)));
        }
        out.flush();
    }
}
