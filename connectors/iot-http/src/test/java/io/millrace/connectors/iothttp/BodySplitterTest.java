package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodySplitterTest {
    private static final BodySplitter TAKES = new BodySplitter(100, false);
    private static final BodySplitter REFUSES = new BodySplitter(100, true);

    @Test
    void anArrayIsCutIntoTheBytesOfItsElements() throws Exception {
        assertThat(split(
                        TAKES,
                        BodyFormat.JSON,
                        " [ {\"a\" : 1.50, \"b\":[1,2]} ,\"x\\u00e4,]\" , -12.0e3,true,null , [ ] ,{}, 7 ] \n"))
                .containsExactly(
                        "{\"a\" : 1.50, \"b\":[1,2]}", "\"x\\u00e4,]\"", "-12.0e3", "true", "null", "[ ]", "{}", "7");
    }

    @Test
    void elementsOfRandomArraysComeBackByteForByte() throws Exception {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            List<String> elements = new ArrayList<>();
            StringBuilder body = new StringBuilder("[");
            int count = random.nextInt(8);
            for (int index = 0; index < count; index++) {
                String element = value(random, 3);
                elements.add(element);
                body.append(index == 0 ? "" : ",")
                        .append(space(random))
                        .append(element)
                        .append(space(random));
            }
            assertThat(split(REFUSES, BodyFormat.JSON, body + "]")).isEqualTo(elements);
        }
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> Integer.toString(random.nextInt());
            case 1 -> Double.toString(random.nextGaussian() * 1e9);
            case 2 -> "\"\u00e4\u20ac\ud83d\ude00 \\\" [{,}] " + random.nextInt() + "\"";
            case 3 -> Boolean.toString(random.nextBoolean());
            case 4 -> "null";
            case 5 -> "[" + space(random) + value(random, depth - 1) + "," + value(random, depth - 1) + "]";
            default -> "{\"k\"" + space(random) + ":" + value(random, depth - 1) + ",\"\u00e9\":{}}";
        };
    }

    private static String space(Random random) {
        return List.of("", " ", "\n\t", "\r\n").get(random.nextInt(4));
    }

    @Test
    void anObjectIsOneRecordAsItCame() throws Exception {
        assertThat(split(TAKES, BodyFormat.JSON, " {\"a\": 1}\n")).containsExactly(" {\"a\": 1}\n");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheRecord() throws Exception {
        assertThat(split(TAKES, BodyFormat.JSON, "\ufeff[1,2]")).containsExactly("1", "2");
        assertThat(split(TAKES, BodyFormat.LINES, "\ufeff1\n2")).containsExactly("1", "2");
    }

    @Test
    void eachLineIsARecordAndEmptyOnesAreNone() throws Exception {
        assertThat(split(TAKES, BodyFormat.LINES, "{\"a\":1}\r\n\n  \n{\"a\":2}\n{broken\n{\"a\":3}"))
                .containsExactly("{\"a\":1}", "{\"a\":2}", "{broken", "{\"a\":3}");
    }

    @Test
    void otherBodiesAreOneRecordByteForByte() throws Exception {
        byte[] body = {0, -1, 10, 13, 91};
        assertThat(TAKES.split(BodyFormat.OPAQUE, body)).containsExactly(body);
    }

    @Test
    void anEmptyArrayHoldsNothing() throws Exception {
        assertThat(split(TAKES, BodyFormat.JSON, " [ ] ")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"JSON|''", "JSON|'  '", "LINES|''", "OPAQUE|''"})
    void anEmptyBodyIsRefused(BodyFormat format, String body) {
        assertThat(refusal(TAKES, format, body))
                .isEqualTo(Refusal.of(400, "empty-body", "The body is empty. Send at least one record."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,{\"a\":}]", "[1,{\"a\":1]", "[1,\"x", "[1,", "[1,nul]", "[1,{a:1}]"})
    void anArrayThatCannotBeCutIsRefusedWhateverIsSet(String body) {
        Refusal refusal = refusal(TAKES, BodyFormat.JSON, body);
        assertThat(refusal.message()).isEqualTo("The array cannot be read from element 1 on. Nothing was taken.");
        assertThat(refusal.bad()).hasSize(1).allSatisfy(bad -> {
            assertThat(bad.place()).isEqualTo("element");
            assertThat(bad.index()).isEqualTo(1);
            assertThat(bad.message()).startsWith("it is not well-formed at byte ");
        });
        assertThat(refusal(REFUSES, BodyFormat.JSON, body)).isEqualTo(refusal);
    }

    @Test
    void whatFollowsAnArrayIsRefused() {
        assertThat(refusal(TAKES, BodyFormat.JSON, "[1,2] [3]").bad())
                .containsExactly(new Refusal.Bad("element", 2, "something follows the array"));
    }

    @Test
    void allBadLinesAreToldWhereTheyAreRefused() {
        Refusal refusal = refusal(REFUSES, BodyFormat.LINES, "{\"a\":1}\n{broken\n\n{} {}\n{\"a\":2}\n");
        assertThat(refusal)
                .isEqualTo(Refusal.of(
                        400,
                        "malformed-json",
                        "Lines are not JSON: 2 of 4. Nothing was taken.",
                        List.of(
                                new Refusal.Bad("line", 2, "it is not well-formed at byte 1"),
                                new Refusal.Bad("line", 4, "something follows the value")),
                        2));
    }

    @Test
    void aBrokenObjectIsTakenAsItIsUnlessThatIsRefused() throws Exception {
        assertThat(split(TAKES, BodyFormat.JSON, "{\"a\":")).containsExactly("{\"a\":");
        assertThat(refusal(REFUSES, BodyFormat.JSON, "{\"a\":").message())
                .isEqualTo("The body is not JSON: it is not well-formed at byte 5.");
    }

    @Test
    void moreRecordsThanAllowedAreRefused() {
        Refusal tooMany = Refusal.of(
                413, "too-many-records", "The request holds more than 100 records. Send them in several requests.");
        assertThat(refusal(TAKES, BodyFormat.LINES, "1\n".repeat(101))).isEqualTo(tooMany);
        assertThat(refusal(TAKES, BodyFormat.JSON, "[1" + ",1".repeat(100) + "]"))
                .isEqualTo(tooMany);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE"})
    void anArrayInAnotherEncodingIsNeverCutWrongly(String charset) {
        byte[] body = "[1,2]".getBytes(Charset.forName(charset));
        Refusal.RefusedException refused = catchThrowableOfType(Refusal.RefusedException.class, () -> {
            List<byte[]> records = TAKES.split(BodyFormat.JSON, body);
            // what does not begin as an array is one record, untouched
            assertThat(records).containsExactly(body);
        });
        if (refused != null) {
            assertThat(refused.refusal().bad()).containsExactly(new Refusal.Bad("element", 0, "it is not UTF-8"));
        }
    }

    @Test
    void randomBytesAreCutOrRefusedAndNothingElse() {
        Random random = new Random(5);
        for (int round = 0; round < 3_000; round++) {
            byte[] body = new byte[random.nextInt(40) + 1];
            random.nextBytes(body);
            if (round % 2 == 0) {
                body[0] = '[';
            }
            for (BodyFormat format : BodyFormat.values()) {
                try {
                    assertThat(REFUSES.split(format, body)).isNotNull();
                } catch (Refusal.RefusedException e) {
                    assertThat(e.refusal().status()).isIn(400, 413);
                }
            }
        }
    }

    private static List<String> split(BodySplitter splitter, BodyFormat format, String body) throws Exception {
        return splitter.split(format, body.getBytes(StandardCharsets.UTF_8)).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    private static Refusal refusal(BodySplitter splitter, BodyFormat format, String body) {
        return catchThrowableOfType(
                        Refusal.RefusedException.class,
                        () -> splitter.split(format, body.getBytes(StandardCharsets.UTF_8)))
                .refusal();
    }
}
