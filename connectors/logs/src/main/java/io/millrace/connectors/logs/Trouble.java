package io.millrace.connectors.logs;

/**
 * What is wrong with a setting's text.
 *
 * @param message names the text in single quotes; one sentence
 * @param remedy what to write instead
 */
record Trouble(String message, String remedy) {
    String text() {
        return message + " " + remedy;
    }
}
