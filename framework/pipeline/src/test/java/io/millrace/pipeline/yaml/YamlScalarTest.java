package io.millrace.pipeline.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a character of a value stands in the file, whatever way the value is written. */
class YamlScalarTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k: one two HERE",
                "k: 'one ''two'' HERE'",
                "k: \"one \\\"two\\\" \\x41 \\n HERE\"",
                "k: |\n  one\n    two\n\n  HERE and more\n",
                "k: >-\n  one\n  two\n\n  HERE and more\n",
                "k: one\n  two\n\n  HERE",
                "k: \"one\n\n  two \\\n   HERE\"",
                "k: |2\n   one HERE\n",
                "a: {k: [x, \"y\", 'HERE']}",
                "\uFEFFk: HERE",
                "k: one\r\n  HERE",
                "k: 'Grüße \uD83D\uDE00 HERE'",
            })
    void findsTheSourceOfACharacter(String document) {
        YamlScalar scalar = find(document);
        String normal = document.replace("\r\n", "\n").replace("\uFEFF", "");
        int at = normal.indexOf("HERE");
        int line = (int) normal.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
        int column = at - normal.lastIndexOf('\n', at);

        Place place = scalar.placeAt(scalar.text().indexOf("HERE"));

        assertThat(place).isEqualTo(new Place("f", line, column));
    }

    @Test
    void findsLinesAndColumnsOfABlock() {
        YamlScalar scalar = find("k: |\n  value.a\n   && value.HERE\n");

        assertThat(scalar.placeAt(2, 5)).isEqualTo(new Place("f", 3, 7));
        assertThat(scalar.placeAt(1, 1)).isEqualTo(new Place("f", 2, 3));
    }

    private static YamlScalar find(String document) {
        Diagnostics diagnostics = new Diagnostics();
        YamlNode node = YamlReader.read("f", document, diagnostics).orElseThrow();
        assertThat(diagnostics.sorted()).isEmpty();
        return find(node);
    }

    private static YamlScalar find(YamlNode node) {
        return switch (node.kind()) {
            case SCALAR -> (YamlScalar) node;
            case MAP -> find(((YamlMap) node).entries().get(0).value());
            case LIST ->
                find(((YamlList) node).items().get(((YamlList) node).items().size() - 1));
        };
    }
}
