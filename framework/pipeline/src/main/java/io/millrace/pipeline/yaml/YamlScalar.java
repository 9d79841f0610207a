package io.millrace.pipeline.yaml;

/**
 * A scalar.
 *
 * @param text its value, quotes, escapes and folding undone; empty for null
 * @param isNull whether it is YAML's null, or nothing at all
 * @param place where it starts: at its quote or block indicator, if it has one
 * @param source for places inside the text
 */
public record YamlScalar(String text, boolean isNull, Place place, ScalarSource source) implements YamlNode {

    @Override
    public Kind kind() {
        return Kind.SCALAR;
    }

    /**
     * Where a character of the text stands in the file, whatever the style of the scalar.
     *
     * @param line of {@link #text()}, from 1
     * @param column of that line, from 1
     */
    public Place placeAt(int line, int column) {
        int offset = 0;
        for (int i = 1; i < line; i++) {
            int newline = text.indexOf('\n', offset);
            if (newline < 0) {
                break;
            }
            offset = newline + 1;
        }
        return source.place(place.file(), text, Math.min(text.length(), offset + column - 1));
    }

    /** Where the character at an offset of the text stands. */
    public Place placeAt(int offset) {
        return source.place(place.file(), text, offset);
    }

    @Override
    public String toString() {
        return "YamlScalar[" + text + " at " + place + "]";
    }
}
