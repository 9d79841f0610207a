package io.millrace.layers.parse;

/** A text that is not of the format: what is wrong and where, without its contents. */
public final class ParseFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ParseFault(String message) {
        super(message, null, false, false);
    }

    /**
     * @param index of the character, from 0
     */
    static ParseFault at(int index, String message) {
        return new ParseFault("column " + (index + 1) + ": " + message);
    }
}
