package io.millrace.connectors.common;

/**
 * What is wrong with a setting's text.
 *
 * @param message names the text in single quotes; one sentence
 * @param remedy what to write instead
 */
public record Trouble(String message, String remedy) {
    public String text() {
        return message + " " + remedy;
    }
}
