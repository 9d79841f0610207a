package io.millrace.layers.parse;

/** A place in a text that moves forward. */
final class TextCursor {
    private final String text;
    private int at;

    TextCursor(String text) {
        this.text = text;
    }

    int at() {
        return at;
    }

    void moveTo(int index) {
        at = index;
    }

    boolean atEnd() {
        return at >= text.length();
    }

    boolean startsWith(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    String rest() {
        String rest = text.substring(Math.min(at, text.length()));
        at = text.length();
        return rest;
    }

    void expect(char c, String where) {
        if (!startsWith(c)) {
            throw ParseFault.at(at, "'" + c + "' is missing " + where);
        }
        at++;
    }

    /** Up to a character, which is left; at least one. */
    String until(char end, String what) {
        int stop = text.indexOf(end, at);
        if (stop < 0) {
            throw ParseFault.at(at, what + " does not end: '" + end + "' is missing");
        }
        if (stop == at) {
            throw ParseFault.at(at, what + " is missing");
        }
        String part = text.substring(at, stop);
        at = stop;
        return part;
    }

    /** Up to a space or the end; at least one character. */
    String word(String what) {
        int stop = text.indexOf(' ', at);
        int end = stop < 0 ? text.length() : stop;
        if (end == at) {
            throw ParseFault.at(at, what + " is missing");
        }
        String part = text.substring(at, end);
        at = end;
        return part;
    }

    /** What stands in double quotes, {@code \"} and {@code \\} undone; other escapes stay as they are. */
    String quoted(String what) {
        return quoted(what, "\"\\", "\"\\");
    }

    /**
     * @param escaped the characters after a backslash that are undone
     * @param meant what each of them stands for
     */
    String quoted(String what, String escaped, String meant) {
        if (!startsWith('"')) {
            throw ParseFault.at(at, what + " is missing: '\"' is expected");
        }
        int start = at;
        StringBuilder undone = new StringBuilder();
        int copied = at + 1;
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                at = i + 1;
                return undone.append(text, copied, i).toString();
            }
            if (c == '\\' && i + 1 < text.length()) {
                int escape = escaped.indexOf(text.charAt(i + 1));
                if (escape >= 0) {
                    undone.append(text, copied, i).append(meant.charAt(escape));
                    copied = i + 2;
                }
                i++;
            }
        }
        throw ParseFault.at(start, what + " does not end: its closing '\"' is missing");
    }
}
