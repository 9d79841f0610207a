package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.RawStream;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.plan.TopicPlan;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Window;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of one window over typed events: curated.x, whose step stands at line 9, column 9; its aggregate at line 10. */
class WindowProblemsTest {
    private static final String BEFORE = """
            pipeline: p
            sources: {iot: {class: example.Source, streams: {readings: events}}}
            contracts: {Reading: {key: device, fields: {device: string!, at: timestamp!, day: date, celsius: double, n: int32}}}
            streams:
              cleaned.readings: {from: raw.readings, contract: Reading}
              curated.x:
                from: cleaned.readings
                steps:
            """;

    private static final String COUNT = "{n: count()}";

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "{by: [value.device], time: value.at}",
                        COUNT,
                        "9:9 [pipeline.window-shape] A window is one of tumbling, hopping and session; this one is none of them. Write one: tumbling: <length>, hopping: <length> with every: <distance>, or session: <gap>."),
                fault(
                        "{tumbling: 1m, session: 5m, by: [value.device], time: value.at}",
                        COUNT,
                        "9:9 [pipeline.window-shape] A window is one of tumbling, hopping and session; this one has [tumbling, session]. Write one: tumbling: <length>, hopping: <length> with every: <distance>, or session: <gap>."),
                fault(
                        "{tumblin: 1m, by: [value.device], time: value.at}",
                        COUNT,
                        "9:9 [pipeline.window-shape] A window is one of tumbling, hopping and session; this one is none of them. Write one: tumbling: <length>, hopping: <length> with every: <distance>, or session: <gap>.\n9:18 [pipeline.unknown-field] 'tumblin' is not a field of window. Did you mean 'tumbling'? Fields: by, emit, every, grace, hopping, idle, keep, session, time, tumbling."),
                fault(
                        "{tumbling: 0s, by: [value.device], time: value.at}",
                        COUNT,
                        "9:28 [pipeline.bad-value] '0s' is no value for 'tumbling'. Write a number with a unit: 500ms, 30s, 10m, 2h, 7d; more than 0 and at most 3660d."),
                fault(
                        "{tumbling: 1m, by: [value.device]}",
                        COUNT,
                        "9:9 [pipeline.missing-field] 'time' is missing: window needs it."),
                fault(
                        "{tumbling: 1m, by: [value.device], time: value.celsius}",
                        COUNT,
                        "9:58 [pipeline.window-time] 'value.celsius' is double, not a time. Give a timestamp or a date: timestamp(x) makes one."),
                fault(
                        "{tumbling: 1m, every: 10s, by: [value.device], time: value.at}",
                        COUNT,
                        "9:32 [pipeline.window-every] 'every' is for hopping windows. Leave it out, or write hopping: <length>."),
                fault(
                        "{hopping: 1m, by: [value.device], time: value.at}",
                        COUNT,
                        "9:9 [pipeline.missing-field] 'every' is missing: window needs it."),
                fault(
                        "{hopping: 1m, every: 2m, by: [value.device], time: value.at}",
                        COUNT,
                        "9:31 [pipeline.window-every] 'every' is longer than the window: records between two windows would be lost. Make 'every' at most the length of the window."),
                fault(
                        "{hopping: 1d, every: 1s, by: [value.device], time: value.at}",
                        COUNT,
                        "9:31 [pipeline.window-every] A record would be in 86400 windows. Make 'every' longer: at most 1000 windows."),
                fault(
                        "{tumbling: 1m, by: [value.device], time: value.at, emit: last}",
                        COUNT,
                        "9:74 [pipeline.bad-value] 'last' is no value for 'emit'. Write changes or final."),
                fault(
                        "{tumbling: 1m, by: [value.device], time: value.at, idle: 5m}",
                        COUNT,
                        "9:68 [pipeline.window-idle] 'idle' is for 'emit: final': with 'emit: changes' a window is written when it changes. Leave it out."),
                fault(
                        "{tumbling: 1m, by: [value.device], time: value.at}",
                        "{by: [value.n], c: count()}",
                        "10:21 [pipeline.duplicate-field] 'by' is written twice: here and in the window. Keep one of them."),
                fault(
                        "{tumbling: 1m, time: value.at}",
                        COUNT,
                        "10:9 [pipeline.missing-field] 'by' is missing: aggregate needs it."),
                fault(
                        "{tumbling: 1m, by: [value.device], time: value.at}",
                        "{window_start: count()}",
                        "10:21 [pipeline.duplicate-field] 'window_start' is made twice by this aggregate. Give each group and each aggregate its own name."),
                fault("1m", COUNT, "9:17 [pipeline.wrong-kind] 'window' must be a map, not a single value."),
                fault(
                        "{tumbling: 1m, by: [value.device], time: value.at}",
                        "{m: max(value.celsiu)}",
                        "10:34 [expression.unknown-field] 'celsiu' is not a field of value. Did you mean 'celsius'? Fields: device, at, day, celsius, n."));
    }

    private static Arguments fault(String window, String aggregate, String expected) {
        return Arguments.of(window, aggregate, expected);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("faults")
    void tellsWhatIsWrongWithAWindow(String window, String aggregate, String expected) {
        assertThat(Pipelines.problems(yaml(window, aggregate)))
                .isEqualTo("p.yaml:" + expected.replace("\n", "\np.yaml:"));
    }

    @Test
    void aWindowOverATableIsAGroupingWithoutGraceAndHasNoFirstAndLast() {
        String table = """
                pipeline: p
                sources: {db: {type: postgres-cdc, url: x, tables: [public.orders]}}
                contracts: {Order: {key: id, fields: {id: int32!, on: date, amount: "decimal(10,2)"}}}
                streams:
                  cleaned.orders: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}]}
                  curated.x:
                    from: cleaned.orders
                    steps:
                """;

        assertThat(Pipelines.problems(table + """
                      - window: {session: 7d, by: [value.id], time: value.on, grace: 1d, emit: final}
                        aggregate: {n: count(), last: last(value.amount)}
                sinks: {}
                """)).isEqualTo("""
                        p.yaml:9:18 [pipeline.window-table] A session window is for events, and curated.x is a table. \
                        Over a table write tumbling: it groups the rows by the window their time is in.
                        p.yaml:9:63 [pipeline.window-table] 'grace' is for windows over events, and curated.x is a table: \
                        a row is never late, and each change is written. Leave it out.
                        p.yaml:9:74 [pipeline.window-table] 'emit' is for windows over events, and curated.x is a table: \
                        a row is never late, and each change is written. Leave it out.
                        p.yaml:10:39 [pipeline.aggregate-order] 'last' is for events, and curated.x is a table: its rows \
                        have no order. Use min or max.""");
        assertThat(Pipelines.problems(table + """
                      - window: {tumbling: 7d, by: [value.id], time: value.on}
                        aggregate: {n: count()}
                sinks: {}
                """)).isEmpty();
    }

    @Test
    void aWindowOverEventsMakesATableKeyedByGroupAndStartWithATopicForWhatIsLate() {
        PipelinePlan plan = Pipelines.plan(
                yaml(
                        "{hopping: 5m, every: 1m, by: [value.device], time: value.at, grace: 30s, emit: final, idle: 1m}",
                        "{readings: count(), mean: avg(value.n), hottest: max(value.celsius)}"),
                Map.of());

        StreamPlan stream = plan.streams().get(1);
        assertThat(stream.kind()).isEqualTo(RawStream.Kind.TABLE);
        assertThat(stream.key()).containsExactly("device", "window_start");
        assertThat(stream.type().text())
                .isEqualTo("{device: string, window_start: timestamp!, window_end: timestamp!, readings: int64,"
                        + " mean: decimal(38,6), hottest: double}");
        Aggregate aggregate = (Aggregate) stream.steps().get(0);
        Window window = aggregate.window().orElseThrow();
        assertThat(aggregate.overEvents()).isTrue();
        assertThat(window.shape()).isEqualTo(Window.Shape.HOPPING);
        assertThat(window.size()).isEqualTo(Duration.ofMinutes(5));
        assertThat(window.every()).isEqualTo(Duration.ofMinutes(1));
        assertThat(window.grace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(window.emit()).isEqualTo(Window.Emit.FINAL);
        assertThat(window.idle()).isEqualTo(Duration.ofMinutes(1));
        assertThat(plan.topics())
                .filteredOn(topic -> topic.name().equals("late.p.curated.x"))
                .singleElement()
                .extracting(TopicPlan::config)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("cleanup.policy", "delete");
    }

    @Test
    void anAggregateOverEventsWithoutAWindowIsARunningTotalPerKey() {
        PipelinePlan plan = Pipelines.plan("""
                pipeline: p
                sources: {iot: {class: example.Source, streams: {readings: events}}}
                streams:
                  curated.x: {from: raw.readings, steps: [{aggregate: {by: [value.device], n: count()}}, {filter: {many: value.n > 2}}]}
                sinks: {}
                """, Map.of());

        assertThat(plan.streams().get(0).kind()).isEqualTo(RawStream.Kind.TABLE);
        assertThat(plan.streams().get(0).key()).containsExactly("device");
        assertThat(plan.topics()).extracting(TopicPlan::name).noneMatch(name -> name.startsWith("late."));
    }

    private static String yaml(String window, String aggregate) {
        return BEFORE + "      - window: " + window + "\n        aggregate: " + aggregate + "\nsinks: {}\n";
    }
}
