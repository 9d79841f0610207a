package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyPointerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "none",
            value = {
                "/id|{\"x\":{\"id\":1},\"id\":\"a-1\"}|\"a-1\"",
                "/id|{\"id\":17}|17",
                "/id|{\"id\":1.50}|1.50",
                "/id|{\"id\":true}|true",
                "/m/ids/1|{\"m\":{\"ids\":[\"a\",\"b\"]}}|\"b\"",
                "/a~1b|{\"a/b\":\"\\u00e4\\n\"}|\"ä\\n\"",
                "/id|{\"id\":null}|none",
                "/id|{\"id\":{}}|none",
                "/id|{\"id\":[1]}|none",
                "/id|{\"other\":1}|none",
                "/id/x|{\"id\":1}|none",
                "/ids/3|{\"ids\":[1,2]}|none",
                "/id|[1]|none",
                "/id|7|none",
                "/id|{\"a\":}|none",
                "/id|{\"a|none",
                "/id|not json|none",
            })
    void theKeyIsTheJsonOfAPlainValue(String pointer, String record, String key) {
        byte[] found = new KeyPointer(JsonPointer.compile(pointer)).find(record.getBytes(StandardCharsets.UTF_8));

        assertThat(found == null ? null : new String(found, StandardCharsets.UTF_8))
                .isEqualTo(key);
    }
}
