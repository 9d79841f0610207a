package io.millrace.layers.parse;

import static io.millrace.layers.parse.ParseFixture.csv;
import static io.millrace.layers.parse.ParseFixture.fault;
import static io.millrace.layers.parse.ParseFixture.parsed;
import static io.millrace.layers.parse.ParseFixture.parser;
import static io.millrace.layers.parse.ParseFixture.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.step.ParsedRows;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** csv, regex, logfmt, syslog. */
class TextRowsTest {
    private static final RowType COLUMNS = new RowType(
            List.of(
                    new RowType.Field("id", ScalarType.INT32, true),
                    new RowType.Field("name", ScalarType.STRING, false),
                    new RowType.Field("price", new DecimalType(6, 2), false)),
            false);
    private static final RowParser CSV = parser(Parse.Format.CSV, COLUMNS, csv(',', true));
    private static final RowParser LOGFMT = parser(
            Parse.Format.LOGFMT,
            new RowType(List.of(new RowType.Field("status", ScalarType.INT32, false)), true),
            Parse.Settings.STANDARD);
    private static final RowParser SYSLOG = parser(Parse.Format.SYSLOG, ParsedRows.SYSLOG, Parse.Settings.STANDARD);

    @Test
    void csvHasQuotesTypesAndNulls() {
        assertThat(parsed(CSV, "7,\"a, \"\"b\"\"\",1.50")).isEqualTo("id=7|name=a, \"b\"|price=1.50");
        assertThat(parsed(CSV, "7,,")).isEqualTo("id=7|name=null|price=null");
        assertThat(parsed(CSV, "7,\"\",2")).isEqualTo("id=7|name=|price=2.00");
        assertThat(parsed(CSV, "7,\"two\nlines\",")).isEqualTo("id=7|name=two\nlines|price=null");
    }

    @Test
    void csvDropsItsHeader() {
        assertThat(CSV.dropped("id,name,price")).contains("parse.header");
        assertThat(CSV.dropped("7,name,price")).isEmpty();
    }

    @Test
    void csvTellsWhatIsWrong() {
        assertThat(fault(CSV, "7,a")).isEqualTo("the text has 2 values, and there are 3 columns");
        assertThat(fault(CSV, "7,a,1,")).isEqualTo("the text has 4 values, and there are 3 columns");
        assertThat(fault(CSV, "7,\"a")).isEqualTo("column 3: a quoted value does not end");
        assertThat(fault(CSV, "7,\"a\"b,1"))
                .isEqualTo("column 6: a quoted value is followed by something else than a delimiter");
        assertThat(fault(CSV, "7,a\"b\",1"))
                .isEqualTo("column 4: a quote stands inside of a value that does not start with one");
        assertThat(fault(CSV, "x,a,1")).isEqualTo("field 'id': a string that is not a number cannot become int32.");
        assertThat(fault(CSV, ",a,1")).isEqualTo("required field 'id' is missing or null");
    }

    @Test
    void regexMatchesTheWholeText() {
        RowParser regex = parser(
                Parse.Format.REGEX,
                new RowType(
                        List.of(
                                new RowType.Field("level", ScalarType.STRING, false),
                                new RowType.Field("took", ScalarType.INT64, false)),
                        false),
                pattern("(?<level>[A-Z]+) request(?: took (?<took>\\d+))?"));

        assertThat(parsed(regex, "WARN request took 12")).isEqualTo("level=WARN|took=12");
        assertThat(parsed(regex, "WARN request")).isEqualTo("level=WARN|took=null");
        assertThat(fault(regex, "WARN request took"))
                .isEqualTo("the text, 17 characters, does not match the pattern: it matches up to column 12 only");
        assertThat(fault(regex, "..WARN request"))
                .isEqualTo("the text, 14 characters, does not match the pattern: it starts to match at column 3 only");
        assertThat(fault(regex, "nothing")).isEqualTo("the text, 7 characters, does not match the pattern");
    }

    @Test
    void aPatternThatWouldBacktrackWithoutEndAnswersAtOnce() {
        RowParser regex = parser(
                Parse.Format.REGEX,
                new RowType(List.of(new RowType.Field("a", ScalarType.STRING, false)), false),
                pattern("(?<a>(x+x+)+)y"));

        assertThat(fault(regex, "x".repeat(20_000)))
                .isEqualTo("the text, 20000 characters, does not match the pattern");
    }

    @Test
    void logfmtHasPairsInAnyOrder() {
        assertThat(parsed(LOGFMT, "level=info msg=\"a \\\"b\\\"\\n\" status=200 ok empty="))
                .isEqualTo("status=200|level=info|msg=a \"b\"\n|ok=true|empty=");
        assertThat(parsed(LOGFMT, "empty= ok  msg=x level=info"))
                .isEqualTo("status=null|level=info|msg=x|ok=true|empty=");
        assertThat(fault(LOGFMT, "  ")).isEqualTo("the text has no key");
        assertThat(fault(LOGFMT, "a=1 a=2")).isEqualTo("column 5: a key is there twice");
        assertThat(fault(LOGFMT, "a=\"1")).isEqualTo("column 3: a value does not end: its closing '\"' is missing");
        assertThat(fault(LOGFMT, "a=\"1\"2")).isEqualTo("column 6: a space is missing after a value");
        assertThat(fault(LOGFMT, "=1")).isEqualTo("column 1: a key is missing");
        assertThat(fault(LOGFMT, "status=ok"))
                .isEqualTo("field 'status': a string that is not a number cannot become int32.");
    }

    @Test
    void syslogOfTheNewRfc() {
        assertThat(
                        parsed(
                                SYSLOG,
                                "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"App\\]\"][x@1 a=\"\"] \uFEFFAn event"))
                .isEqualTo(
                        "facility=20|severity=5|at=1065910455003000|host=mymachine.example.com|app=evntslog|process=null|message_id=ID47|data={exampleSDID@32473.iut=3, exampleSDID@32473.eventSource=App], x@1.a=}|message=An event");
        assertThat(parsed(SYSLOG, "<34>1 - - su 77 - -"))
                .isEqualTo(
                        "facility=4|severity=2|at=null|host=null|app=su|process=77|message_id=null|data=null|message=null");
        assertThat(fault(SYSLOG, "<34>1 2003-10-11 - su - - -"))
                .isEqualTo("column 7: the time is not as in 2003-10-11T22:14:15.003Z");
        assertThat(fault(SYSLOG, "<34>1 - - su - - [a b=\"1"))
                .isEqualTo("column 23: a parameter's value does not end: its closing '\"' is missing");
        assertThat(fault(SYSLOG, "<199>1 - - su - - -"))
                .isEqualTo("column 1: the priority is not a number from 0 to 191");
    }

    @Test
    void syslogOfTheOldRfcTakesTheLatestYearThatFits() {
        assertThat(parsed(SYSLOG, "<34>Oct 11 22:14:15 mymachine su[12]: failed"))
                .isEqualTo(
                        "facility=4|severity=2|at=1760220855000000|host=mymachine|app=su|process=12|message_id=null|data=null|message=failed");
        assertThat(parsed(SYSLOG, "Jan  3 01:00:00 host app: ahead"))
                .contains("|at=1767402000000000|host=host|app=app|");
        assertThat(parsed(SYSLOG, "Jan  3 13:00:00 host app: too far ahead")).contains("|at=1735909200000000|");
        assertThat(parsed(SYSLOG, "Feb 29 00:00:00 host leap"))
                .contains("|at=1709164800000000|host=host|app=null|")
                .endsWith("|message=leap");
        assertThat(parsed(SYSLOG, "2026-01-01T10:00:00.5+01:00 host kernel: [1] x"))
                .contains("|at=1767258000500000|host=host|app=kernel|process=null|")
                .endsWith("|message=[1] x");
        assertThat(parsed(SYSLOG, "Oct 11 22:14:15 su: no host")).contains("|host=null|app=su|");
        assertThat(parsed(SYSLOG, "<13>only a message"))
                .endsWith("|at=null|host=null|app=null|process=null|message_id=null|data=null|message=only a message");
        assertThat(fault(SYSLOG, "no syslog"))
                .isEqualTo("column 1: there is neither a priority nor a time as in 'Oct 11 22:14:15'");
        assertThat(fault(SYSLOG, "Feb 30 00:00:00 host x")).isEqualTo("column 1: there is no such time");
    }

    /** Damaged lines of every format are faults and nothing else. */
    @Test
    void damagedTextsAreFaultsOnly() {
        Random random = new Random(7);
        List<RowParser> parsers = List.of(CSV, LOGFMT, SYSLOG, ParseFixture.combined(), ParseFixture.json(RowType.ANY));
        List<String> seeds = List.of(
                "7,\"a\",1.5",
                "a=\"b\" status=3",
                "<34>1 2003-10-11T22:14:15.003Z h a p m [x y=\"z\"] m",
                "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"",
                "{\"a\":[1,2.5,{\"b\":null}],\"c\":\"\\u00e9\"}",
                "Oct 11 22:14:15 host app[1]: m");

        long faults = IntStream.range(0, 20_000)
                .filter(i -> {
                    StringBuilder text = new StringBuilder(seeds.get(i % seeds.size()));
                    for (int n = random.nextInt(4); n >= 0 && text.length() > 0; n--) {
                        int at = random.nextInt(text.length());
                        switch (random.nextInt(3)) {
                            case 0 -> text.deleteCharAt(at);
                            case 1 -> text.setCharAt(at, (char) random.nextInt(0x180));
                            default -> text.setLength(at);
                        }
                    }
                    return isFault(parsers.get(random.nextInt(parsers.size())), text.toString());
                })
                .count();

        assertThat(faults).isPositive();
    }

    private static boolean isFault(RowParser parser, String text) {
        try {
            parser.parse(text, ParseFixture.ARRIVAL);
            return false;
        } catch (ParseFault e) {
            return true;
        }
    }
}
