package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expression.type.RowType;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Mask;
import io.millrace.pipeline.step.Parse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of the steps that read, mask and shape events: cleaned.x, whose steps start at line 11, column 9. */
class EventStepProblemsTest {
    private static final String BEFORE = """
            pipeline: p
            sources: {db: {type: postgres-cdc, url: x, tables: [public.orders]}, web: {type: logs, path: x}}
            contracts:
              Order: {key: id, fields: {id: int32!, email: string, tags: list<string>}}
              Line: {fields: {price: "decimal(10,2)", other: double}}
            streams:
              cleaned.orders: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}]}
              cleaned.x:
                from: raw.web
                steps:
            """;

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "parse: jsn",
                        "11:16 [pipeline.bad-value] 'jsn' is not a format of parse. Did you mean 'json'? Formats: json, csv, regex, combined, common, logfmt, syslog."),
                fault(
                        "parse: {fields: {a: int}}",
                        "11:9 [pipeline.missing-field] 'format' is missing: parse needs it."),
                fault(
                        "parse: {format: combined, delimiter: ';'}",
                        "11:35 [pipeline.unknown-field] 'delimiter' is not a field of 'parse: combined'. Fields: as, charset, field, format, time_zone."),
                fault("parse: csv", "11:9 [pipeline.missing-field] 'columns' is missing: 'parse: csv' needs it."),
                fault(
                        "parse: {format: csv, columns: [a, a], delimiter: ab, charset: utf-99}",
                        "11:43 [pipeline.duplicate-field] 'a' is written twice. Keep one of them.\n11:58 [pipeline.bad-value] 'ab' is no value for 'delimiter'. Write one character, or \\t for a tab.\n11:71 [pipeline.bad-value] 'utf-99' is no value for 'charset'. Write the name of a charset, for example UTF-8 or windows-1252."),
                fault(
                        "parse: {format: csv, columns: [a], delimiter: ';', quote: ';'}",
                        "11:9 [pipeline.bad-value] 'delimiter' and 'quote' are the same. Let them differ."),
                fault(
                        "parse: {format: regex, pattern: '(?<a>x)(?=y)'}",
                        "11:41 [pipeline.pattern] The pattern cannot be read: invalid or unsupported Perl syntax: '(?='. Patterns are RE2's, which take time in line with the text: no look-around and no back references."),
                fault(
                        "parse: {format: regex, pattern: 'x+'}",
                        "11:41 [pipeline.pattern] The pattern has no named group, so it makes no field. Name what is to be a field: (?<status>\\d+)."),
                fault(
                        "parse: {format: regex, pattern: '(?<status>\\d+)', fields: {stats: int32}}",
                        "11:68 [pipeline.no-such-field] 'stats' is not a group of the pattern. Did you mean 'status'? Groups: status."),
                fault(
                        "parse: {format: json, others: drop}",
                        "11:39 [pipeline.missing-field] 'others: drop' leaves nothing: no fields are declared. Add 'fields'."),
                fault(
                        "parse: {format: json, fields: {a: money}}",
                        "11:43 [pipeline.type] 'money' is not a type. Types: string, int, int32, long, int64, float, double, bool, boolean, decimal(p,s), timestamp, date, bytes, list<T>, map<T>."),
                fault(
                        "parse: {format: json, field: a, as: b}",
                        "11:38 [pipeline.parse] What enters 'parse' of cleaned.x is bytes: it has no fields. Leave 'field' and 'as' out."),
                fault(
                        "parse: {format: json, as: b}",
                        "11:35 [pipeline.missing-field] 'as' names what a field becomes, and 'field' is missing. Add 'field', or leave 'as' out."),
                fault(
                        "filter: {a: 'true'}",
                        "9:11 [pipeline.not-parsed] 'raw.web' holds bytes, and cleaned.x does not parse them first. Start its steps with 'parse', or let a sink read 'raw.web' as it is."));
    }

    static Stream<Arguments> faultsAfterParse() {
        return Stream.of(
                fault(
                        "parse: json",
                        "12:9 [pipeline.parse] There is no text to parse: what enters 'parse-2' of cleaned.x is rows. Name the field that holds the text: parse: {format: ..., field: <field>, as: <field>}."),
                fault(
                        "parse: {format: json, field: value.pat, as: b}",
                        "12:38 [pipeline.no-such-field] 'pat' is not a field of what enters 'parse-2' of cleaned.x. Did you mean 'at'? Fields: agent, at, bytes, ident, ip, method, path, protocol, referer, status, user."),
                fault(
                        "parse: {format: json, field: status, as: b}",
                        "12:38 [pipeline.type] 'status' is int32; parse reads string or bytes. Name a field that holds text."),
                fault(
                        "filter: {bad: value.status > 'none'}",
                        "12:36 [expression.type] '>' is not defined for (int, string). Convert one side with int(x) or string(x)."),
                fault(
                        "filter: {bad: value.pth == '/'}",
                        "12:29 [expression.unknown-field] 'pth' is not a field of value. Did you mean 'path'? Fields: ip, ident, user, at, method, path, protocol, status, bytes, referer, agent."),
                fault(
                        "mask: {ipp: sha256}",
                        "12:16 [pipeline.no-such-field] 'ipp' is not a field of what enters 'mask' of cleaned.x. Did you mean 'ip'? Fields: agent, at, bytes, ident, ip, method, path, protocol, referer, status, user."),
                fault(
                        "mask: {ip: sha265}",
                        "12:20 [pipeline.bad-value] 'sha265' is not a way to mask. Did you mean 'sha256'? Ways: redact, sha256, {hmac: \"${env:NAME}\"}, {keep_first: n}, {keep_last: n}, {truncate: n}."),
                fault(
                        "mask: {ip: {keep_last: 0}}",
                        "12:32 [pipeline.bad-value] '0' is no value for 'keep_last'. Write a whole number from 1 to 10000."),
                fault(
                        "mask: {ip: {keep_last: 2, truncate: 3}}",
                        "12:20 [pipeline.bad-value] 'ip' needs one way to mask it, and has 2. Ways: hmac, keep_first, keep_last, truncate."),
                fault(
                        "mask: {ip: {hmac: topsecret}}",
                        "12:27 [pipeline.secret] The secret of 'hmac' stands in the file. Write a reference: {hmac: \"${env:NAME}\"}."),
                fault("mask: {ip.net: redact}", "12:16 [pipeline.type] 'ip' is string: it has no fields."),
                fault(
                        "set: {a: \"'${env:X}'\"}",
                        "12:20 [pipeline.reference] ''${env:X}'' holds a reference, which is not resolved here. References work in the values of sources and sinks, and in 'hmac' of mask."),
                fault("flatten: [ip]", "12:19 [pipeline.type] 'ip' is string; flatten works on rows. Leave it out."),
                fault(
                        "flatten: {delimiter: '.'}",
                        "12:30 [pipeline.bad-value] '.' is no value for 'delimiter'. Write letters, digits and '_', for example __."),
                fault(
                        "explode: {path: part}",
                        "12:19 [pipeline.type] 'path' is string; explode needs a list. Name a field that is a list."),
                fault(
                        "explode: {a.b: part}",
                        "12:19 [pipeline.bad-value] 'a.b' is inside of another field; explode takes a list of the row itself. Add 'set: {b: value.a.b}' before it."),
                fault(
                        "explode: {field: path, keep_empty: maybe}",
                        "12:9 [pipeline.missing-field] 'as' is missing: explode needs it.\n12:44 [pipeline.bad-value] 'maybe' is no value for 'keep_empty'. Write true or false."),
                fault(
                        "route: {}",
                        "12:16 [pipeline.bad-value] 'route' has no branch. Write <branch>: <condition> for each."),
                fault(
                        "route: {errors: value.status}",
                        "12:25 [pipeline.not-a-condition] 'value.status' is int32, not a condition. Compare it with something: the result must be true or false."),
                fault(
                        "route: {errors: value.status >= 500}\n      - drop: [ident]",
                        "13:9 [pipeline.route-last] 'drop' of cleaned.x comes after 'route', which is the last step. Put it before 'route', or into a stream that reads a branch."),
                fault(
                        "route: {errors: value.status >= 500}\n  cleaned.y: {from: cleaned.x.erors}",
                        "13:21 [pipeline.unknown-branch] 'erors' is not a branch of 'cleaned.x'. Did you mean 'errors'? Branches: errors."),
                fault(
                        "drop: [ident]\n  cleaned.y: {from: cleaned.x.errors}",
                        "13:21 [pipeline.unknown-branch] 'errors' is not a branch of 'cleaned.x'. It has none: end its steps with 'route: {errors: <condition>}'."));
    }

    static Stream<Arguments> faultsOfATable() {
        return Stream.of(
                fault(
                        "explode: {tags: tag}",
                        "8:50 [pipeline.explode-table] 'explode' is for events, and enriched.o is a table: the rows it would make have no key of their own. Leave the list as it is, or explode it where it is an event."),
                fault(
                        "mask: {id: redact}",
                        "8:57 [pipeline.key-table] 'mask' of enriched.o changes 'id', which is in the key [id] of its table: the key says which row a record is. Leave the fields of the key as they are, and set another field; or aggregate by the other key."));
    }

    private static Arguments fault(String step, String expected) {
        return Arguments.of(step, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void tellsWhatIsWrongWithTheFirstStep(String step, String expected) {
        assertThat(problems(BEFORE + "      - " + step + "\n")).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsAfterParse")
    void tellsWhatIsWrongWithAStepAfterParse(String step, String expected) {
        assertThat(problems(BEFORE + "      - parse: combined\n      - " + step + "\n"))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfATable")
    void tellsWhatDoesNotFitATable(String step, String expected) {
        String yaml = BEFORE.replace(
                "  cleaned.x:\n    from: raw.web\n    steps:\n",
                "  enriched.o: {from: cleaned.orders, steps: [{" + step + "}]}\n");

        assertThat(problems(yaml)).isEqualTo(expected.replace("8:50", "8:47").replace("8:57", "8:54"));
    }

    @Test
    void typesAreKnownAfterEachStep() {
        assertThat(type("parse: {format: regex, pattern: '(?<a>\\d+) (?<b>.*)', fields: {a: int32!}}"))
                .isEqualTo("{a: int32!, b: string}");
        assertThat(type("parse: {format: csv, columns: {a: int64, b: 'decimal(4,2)'}}"))
                .isEqualTo("{a: int64, b: decimal(4,2)}");
        assertThat(type("parse: {format: json, fields: {a: list<int32>}, others: drop}\n      - explode: {a: one}"))
                .isEqualTo("{one: int32}");
        assertThat(type("parse: {format: json, fields: {a: int32}}")).isEqualTo("{a: int32, ...}");
        assertThat(type("parse: common\n      - mask: {ip: sha256, status: redact}\n      - keep: [ip, status]"))
                .isEqualTo("{ip: string!, status: string}");
        assertThat(type("parse: {format: regex, pattern: '(?<m>.*)'}\n"
                        + "      - parse: {format: common, field: m, as: line}\n"
                        + "      - flatten: all\n      - keep: [m, line_at, line_status]"))
                .isEqualTo("{m: string, line_at: timestamp, line_status: int32}");
    }

    @Test
    void twoFieldsThatFlattenToOneNameAreTold() {
        String yaml = BEFORE + """
                      - parse: {format: regex, pattern: '(?<m>.*) (?<l_at>.*)'}
                      - parse: {format: common, field: m, as: l}
                      - flatten: [l]
                """;

        assertThat(problems(yaml))
                .isEqualTo(
                        "13:9 [pipeline.duplicate-field] 'flatten' of cleaned.x would make two fields 'l_at'. Rename one of them first, or write another 'delimiter'.");
    }

    @Test
    void aStreamReadsABranch() {
        StreamPlan reader = plan(
                        BEFORE
                                + "      - parse: common\n      - route: {bad: value.status >= 500}\n  cleaned.y: {from: cleaned.x.bad}\n",
                        Map.of())
                .streams()
                .get(2);

        assertThat(reader.from()).hasToString("cleaned.x");
        assertThat(reader.branch()).contains("bad");
        assertThat(reader.type().names()).contains("status");
    }

    @Test
    void aSinkReadsNoBranch() {
        assertThat(problems(BEFORE
                        + "      - parse: common\n      - route: {bad: value.status >= 500}\n"
                        + "sinks: {lake: {type: s3-parquet, bucket: b, from: cleaned.x.bad}}\n"))
                .isEqualTo(
                        "13:51 [pipeline.sink-branch] 'cleaned.x.bad' is a branch, and a sink reads whole streams. Make a stream of it, 'from: cleaned.x.bad', and let the sink read that.");
    }

    @Test
    void fractionsStayExactWhereAContractOrACastWantsThem() {
        String steps = """
                      - parse: json
                      - set: {price: value.item.price, other: value.item.other}
                      - keep: [price, other]
                    contract: Line
                """;

        assertThat(exact(BEFORE + steps)).containsExactly("item.price");
        assertThat(
                        exact(
                                BEFORE
                                        + "      - parse: json\n      - rename: {p: price}\n      - cast: {price: 'decimal(9,3)', q: double}\n"))
                .containsExactly("p");
        assertThat(
                        exact(
                                BEFORE
                                        + "      - parse: json\n      - explode: {lines: line}\n      - flatten: all\n      - cast: {line_unit_price: 'decimal(9,3)'}\n"))
                .contains("lines.unit_price");
    }

    @Test
    void aSecretIsAnsweredWithThePlanAndNeverPrinted() {
        String yaml = BEFORE + "      - parse: common\n      - mask: {user: {hmac: '${env:KEY}'}}\n";
        Mask mask = (Mask) plan(yaml, Map.of("KEY", "0123456789abcdef"))
                .streams()
                .get(1)
                .steps()
                .get(1);

        assertThat(new String(mask.secrets().get(0).bytes())).isEqualTo("0123456789abcdef");
        assertThat(mask.toString()).contains("[hidden]").doesNotContain("0123456789abcdef");
        assertThat(Pipelines.load(yaml).references())
                .extracting(reference -> reference.site().field())
                .contains("user.hmac");
        assertThat(failure(yaml, Map.of()))
                .isEqualTo(
                        "p.yaml:12:30 [pipeline.unresolved-reference] '${env:KEY}' has no value. Set the environment variable 'KEY', or write a default: ${env:KEY:-default}.");
        assertThat(failure(yaml, Map.of("KEY", "short")))
                .isEqualTo(
                        "p.yaml:12:29 [pipeline.weak-secret] '${env:KEY}' stands for a secret of less than 16 characters. Use a long random one: a short one can be guessed.");
    }

    private static String failure(String yaml, Map<String, String> environment) {
        try {
            plan(yaml, environment);
        } catch (ProblemException e) {
            return e.getMessage();
        }
        throw new AssertionError("no problem");
    }

    private static List<String> exact(String yaml) {
        Parse parse = (Parse) plan(yaml, Map.of()).streams().get(1).steps().get(0);
        return parse.settings().exact().stream().sorted().toList();
    }

    private static String type(String steps) {
        RowType type = plan(BEFORE + "      - " + steps + "\n", Map.of())
                .streams()
                .get(1)
                .type();
        return type.text();
    }

    private static PipelinePlan plan(String yaml, Map<String, String> environment) {
        return Pipelines.plan(yaml + "sinks: {}\n", environment);
    }

    private static String problems(String yaml) {
        String told = Pipelines.problems(yaml.contains("\nsinks:") ? yaml : yaml + "sinks: {}\n");
        return told.replace("p.yaml:", "");
    }
}
