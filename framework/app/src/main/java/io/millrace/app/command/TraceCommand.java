package io.millrace.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.app.deadletter.Letter;
import io.millrace.app.look.Decoded;
import io.millrace.app.look.FlowText;
import io.millrace.app.look.Trace;
import io.millrace.app.status.Lags;
import io.millrace.app.status.StatusReport;
import io.millrace.app.topic.TopicReader;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace trace}: what became of a record, from its source to the sinks. */
@Command(name = "trace", description = "Follow a record of a running pipeline: raw, layers, dead letters, sinks.")
public final class TraceCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Mixin
    private Target target = new Target();

    @Parameters(
            paramLabel = "<record>",
            description = "A key (10248, order_id=10248,product_id=11, or its JSON), or a place: raw.shop.orders-0@17.")
    private String asked = "";

    @Option(
            names = "--depth",
            defaultValue = "10000",
            description = "Look at so many of the newest records of each partition (default: ${DEFAULT-VALUE}).")
    private long depth;

    @Option(
            names = "--last",
            defaultValue = "5",
            description = "Follow so many of the newest raw records of a key (default: ${DEFAULT-VALUE}).")
    private int last;

    @Override
    public Integer call() {
        if (depth < 1 || last < 1) {
            throw LetterChoice.bad(
                    depth < 1 ? Long.toString(depth) : Integer.toString(last),
                    depth < 1 ? "--depth" : "--last",
                    "Write a whole number of 1 or more.");
        }
        StatusReport report = target.report();
        Map<String, String> names = new LinkedHashMap<>();
        report.streams().forEach(stream -> names.put(stream.topic(), stream.name()));
        names.put(report.deadLetterTopic(), "dead letter");
        List<String> raw = report.raw().stream().map(StatusReport.Raw::topic).toList();
        Decoded decoded = new Decoded(Set.copyOf(report.personal()));
        Map<String, List<Trace.Hit>> found;
        try (TopicReader topics = TopicReader.at(report.broker())) {
            found = new Trace(topics, decoded, depth).find(asked, raw, List.copyOf(names.keySet()), last);
        }
        if (found.isEmpty()) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "trace.not-found",
                            asked,
                            "No record of '" + report.pipeline() + "' among the newest " + depth
                                    + " of each partition has this key or comes from this place.",
                            "Look further back with --depth, or check the key with 'millrace tap'."));
        }
        report.raw().forEach(one -> names.put(one.topic(), one.name()));
        Map<StatusReport.Connector, Map<TopicPartition, Long>> sinks = new LinkedHashMap<>();
        try (Lags lags = new Lags(report.broker(), Clock.systemUTC())) {
            for (StatusReport.Connector connector : report.connectors()) {
                if (!connector.source()) {
                    sinks.put(connector, lags.committed(connector.group()));
                }
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (target.isJson()) {
            Target.print(out, "trace", json(found, names, decoded, sinks));
        } else {
            found.forEach((origin, hits) -> tell(origin, hits, names, decoded, sinks, out));
            out.println("The newest " + depth + " records of each partition were looked at.");
        }
        return 0;
    }

    private static void tell(
            String origin,
            List<Trace.Hit> hits,
            Map<String, String> names,
            Decoded decoded,
            Map<StatusReport.Connector, Map<TopicPartition, Long>> sinks,
            PrintWriter out) {
        out.println(origin.isEmpty() ? "without origin: made of many records" : origin);
        for (Trace.Hit hit : hits) {
            ConsumerRecord<byte[], byte[]> record = hit.record();
            String name = names.getOrDefault(record.topic(), record.topic());
            out.println("  " + Instant.ofEpochMilli(Math.max(0, record.timestamp())) + "  " + name + "  "
                    + record.partition() + "@" + record.offset() + "  " + text(name, record, decoded));
            sinks.forEach((sink, committed) -> {
                if (sink.topics().contains(record.topic())) {
                    out.println("    " + sink.name() + ": " + standing(record, committed));
                }
            });
        }
    }

    private static String text(String name, ConsumerRecord<byte[], byte[]> record, Decoded decoded) {
        String key = FlowText.of(decoded.key(record.key()));
        if (name.equals("dead letter")) {
            Letter letter = new Letter(record);
            return key + "  " + letter.stage() + (letter.rule().isEmpty() ? "" : " rule '" + letter.rule() + "'") + " ["
                    + letter.code() + "], group " + letter.group();
        }
        return key + "  " + (record.value() == null ? "deleted" : FlowText.of(decoded.value(record.value())));
    }

    private static String standing(ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Long> committed) {
        long next = committed.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
        return next > record.offset() ? "done" : "not yet, " + (record.offset() - next) + " offsets before it";
    }

    private ObjectNode json(
            Map<String, List<Trace.Hit>> found,
            Map<String, String> names,
            Decoded decoded,
            Map<StatusReport.Connector, Map<TopicPartition, Long>> sinks) {
        ObjectNode result = Target.object().put("asked", asked).put("depth", depth);
        ArrayNode origins = result.putArray("origins");
        found.forEach((origin, hits) -> {
            ArrayNode records = origins.addObject().put("origin", origin).putArray("records");
            for (Trace.Hit hit : hits) {
                ConsumerRecord<byte[], byte[]> record = hit.record();
                String name = names.getOrDefault(record.topic(), record.topic());
                ObjectNode node = records.addObject()
                        .put("stream", name)
                        .put("place", hit.place())
                        .put(
                                "at",
                                Instant.ofEpochMilli(Math.max(0, record.timestamp()))
                                        .toString());
                node.set("key", JSON.valueToTree(Target.plain(decoded.key(record.key()))));
                if (name.equals("dead letter")) {
                    Letter letter = new Letter(record);
                    node.put("stage", letter.stage()).put("rule", letter.rule()).put("code", letter.code());
                } else {
                    node.set("value", JSON.valueToTree(Target.plain(decoded.value(record.value()))));
                }
                ObjectNode standings = node.putObject("sinks");
                List<StatusReport.Connector> readers = new ArrayList<>(sinks.keySet());
                readers.removeIf(sink -> !sink.topics().contains(record.topic()));
                readers.forEach(
                        sink -> standings.put(sink.name(), standing(record, sinks.getOrDefault(sink, Map.of()))));
            }
        });
        return result;
    }
}
