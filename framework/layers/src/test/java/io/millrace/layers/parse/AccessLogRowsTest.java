package io.millrace.layers.parse;

import static io.millrace.layers.parse.ParseFixture.combined;
import static io.millrace.layers.parse.ParseFixture.fault;
import static io.millrace.layers.parse.ParseFixture.parsed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.step.ParsedRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogRowsTest {
    private static final String HEAD = "83.149.9.216 - - [17/May/2015:10:05:03 +0000] ";
    private static final String CUT_OFF = "46.118.127.106 - - [20/May/2015:12:05:17 +0000] \"GET /scripts/configlib.py"
            + " HTTP/1.1\" 200 235 \"-\" \"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html";

    @Test
    void readsACombinedLine() {
        assertThat(
                        parsed(
                                combined(),
                                "83.149.9.216 id frank [17/May/2015:10:05:03 +0200] \"GET /a?b=c HTTP/1.1\" 200 203023 \"http://x/\" \"Mozilla/5.0 (X11)\""))
                .isEqualTo(
                        "ip=83.149.9.216|ident=id|user=frank|at=1431849903000000|method=GET|path=/a?b=c|protocol=HTTP/1.1|status=200|bytes=203023|referer=http://x/|agent=Mozilla/5.0 (X11)");
    }

    @Test
    void aDashIsNull() {
        assertThat(parsed(combined(), HEAD + "\"GET / HTTP/1.1\" - - \"-\" \"-\""))
                .isEqualTo(
                        "ip=83.149.9.216|ident=null|user=null|at=1431857103000000|method=GET|path=/|protocol=HTTP/1.1|status=null|bytes=null|referer=null|agent=null");
    }

    @Test
    void undoesQuotesAndBackslashesOnly() {
        assertThat(parsed(combined(), HEAD + "\"GET / HTTP/1.1\" 200 1 \"a\\\"b\" \"c:\\\\d \\x22 \\\\\""))
                .endsWith("|referer=a\"b|agent=c:\\d \\x22 \\");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "-, null, -, null",
                "``, null, ``, null",
                "GET /with a space HTTP/1.0, GET, /with a space, HTTP/1.0",
                "GET /oldest, GET, /oldest, null",
                "\\x16\\x03\\x01, null, \\x16\\x03\\x01, null",
                "get / HTTP/1.1, null, get / HTTP/1.1, null",
                "GET / FTP/1.1, null, GET / FTP/1.1, null",
            })
    void aRequestThatIsNoneIsAllPath(String request, String method, String path, String protocol) {
        assertThat(parsed(combined(), HEAD + "\"" + request + "\" 400 0 \"-\" \"-\""))
                .contains("|method=" + method + "|path=" + path + "|protocol=" + protocol + "|status=400|");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void tellsThePlaceOfAFault(String line, String message) {
        assertThat(fault(combined(), line)).isEqualTo(message);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("", "column 1: the client does not end: ' ' is missing"),
                Arguments.of(" - - [", "column 1: the client is missing"),
                Arguments.of("a - -", "column 5: the user and the time are missing"),
                Arguments.of("a - - [17/May", "column 8: the time does not end: ']' is missing"),
                Arguments.of("a - - [17/May/2015:10:05:03 +0000]", "column 35: ' ' is missing after the time"),
                Arguments.of(
                        "a - - [17/May/2015:10:05:03 +0000] \"GET",
                        "column 36: the request does not end: its closing '\"' is missing"),
                Arguments.of(
                        "a - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 20O 1 \"-\" \"-\"",
                        "column 53: the status is not a number of at most 3 digits"),
                Arguments.of(
                        "a - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1",
                        "column 58: ' ' is missing after the number of bytes"),
                Arguments.of(
                        "a - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\" 0.1",
                        "column 66: there is more than the format has; a line with fields of its own needs 'format: regex'"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "17/Mai/2015:10:05:03 +0000",
                "30/Feb/2015:10:05:03 +0000",
                "1/May/2015:10:05:03 +0000",
                "17/May/2015:10:05:03 0000",
                "17/May/2015 10:05:03 +0000",
                "17/May/2015:24:05:03 +0000",
                "17/May/2015:10:05:03 +0000 ",
                "-"
            })
    void aTimeOfAnotherFormIsAFault(String time) {
        assertThat(fault(combined(), "a - - [" + time + "] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\""))
                .isEqualTo("column 8: the time is not as in 17/May/2015:10:05:03 +0000");
    }

    @Test
    void aTimeWithoutOffsetIsOfTheZone() {
        Parse.Settings berlin = new Parse.Settings(
                StandardCharsets.UTF_8, ZoneId.of("Europe/Berlin"), Optional.empty(), ',', '"', false, Set.of());
        RowParser parser = ParseFixture.parser(Parse.Format.COMMON, ParsedRows.COMMON, berlin);

        assertThat(parsed(parser, "a - - [17/May/2015:12:05:03] \"GET / HTTP/1.1\" 200 1"))
                .contains("|at=1431857103000000|");
    }

    @Test
    void aTruncatedLineIsAFault() {
        assertThat(fault(combined(), CUT_OFF))
                .isEqualTo("column 98: the user agent does not end: its closing '\"' is missing");
    }

    @Test
    void theCommonFormatEndsAfterTheBytes() {
        RowParser common = ParseFixture.parser(Parse.Format.COMMON, ParsedRows.COMMON, Parse.Settings.STANDARD);

        assertThat(parsed(common, HEAD + "\"GET / HTTP/1.1\" 200 12")).endsWith("|status=200|bytes=12");
        assertThat(fault(common, HEAD + "\"GET / HTTP/1.1\" 200 12 \"-\" \"-\""))
                .isEqualTo(
                        "column 70: there is more than the format has; a line with fields of its own needs 'format: regex'");
    }

    /** The published log of 10,000 lines, where it lies beside the project. */
    @Test
    void exactlyOneLineOfTheRealLogIsAFault() throws IOException {
        Path log = Path.of(System.getProperty("millrace.data", "../../../shared/data"))
                .resolve("access.log");
        assumeTrue(Files.exists(log), "access.log is not beside the project");
        List<String> lines = Files.readAllLines(log);
        List<Integer> faults = new ArrayList<>();
        long odd = 0;
        for (int i = 0; i < lines.size(); i++) {
            try {
                odd += combined().parse(lines.get(i), 0).get("method") == null ? 1 : 0;
            } catch (ParseFault e) {
                faults.add(i + 1);
            }
        }

        assertThat(lines).hasSize(10_000);
        assertThat(faults).containsExactly(8899);
        assertThat(odd).isZero();
    }
}
