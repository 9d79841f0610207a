package io.millrace.pipeline.yaml;

/**
 * The source text of one scalar.
 *
 * @param document all of the file
 * @param start index of the scalar's first character, its quote or its block indicator
 * @param style how it is written
 */
public record ScalarSource(String document, int start, Style style) {

    /** The styles of YAML that differ in how text is found again in its source. */
    public enum Style {
        PLAIN,
        SINGLE_QUOTED,
        DOUBLE_QUOTED,
        BLOCK
    }

    /**
     * Finds a character of the value in the source. White space may be folded, indented or escaped, so visible characters are counted:
     * their order is the same in both.
     */
    Place place(String file, String value, int offset) {
        int visible = 0;
        for (int i = 0; i < offset && i < value.length(); i++) {
            if (!Character.isWhitespace(value.charAt(i))) {
                visible++;
            }
        }
        boolean onVisible = offset < value.length() && !Character.isWhitespace(value.charAt(offset));
        int index = style == Style.BLOCK ? endOfLine(start) : style == Style.PLAIN ? start : start + 1;
        int after = index;
        int seen = 0;
        while (index < document.length() && (seen < visible || onVisible)) {
            int length = tokenLength(index);
            if (length > 0) {
                if (seen == visible) {
                    return at(file, index);
                }
                seen++;
                after = index + length;
            }
            index += Math.abs(length);
        }
        return at(file, after);
    }

    /** Source characters of one visible character of the value; negative for white space and for escapes that make some. */
    private int tokenLength(int index) {
        char c = document.charAt(index);
        if (Character.isWhitespace(c)) {
            return -1;
        }
        if (style == Style.SINGLE_QUOTED && c == '\'') {
            return 2;
        }
        if (style == Style.DOUBLE_QUOTED && c == '\\' && index + 1 < document.length()) {
            return switch (document.charAt(index + 1)) {
                case 'x' -> 4;
                case 'u' -> 6;
                case 'U' -> 10;
                case 'n', 't', 'r', ' ', '\t', '\n', 'v', 'f', 'N', '_', 'L', 'P' -> -2;
                default -> 2;
            };
        }
        return 1;
    }

    private int endOfLine(int index) {
        int newline = document.indexOf('\n', index);
        return newline < 0 ? document.length() : newline + 1;
    }

    private Place at(String file, int index) {
        int line = 1;
        int lineStart = 0;
        for (int next = document.indexOf('\n'); next >= 0 && next < index; next = document.indexOf('\n', lineStart)) {
            line++;
            lineStart = next + 1;
        }
        return new Place(file, line, index - lineStart + 1);
    }
}
