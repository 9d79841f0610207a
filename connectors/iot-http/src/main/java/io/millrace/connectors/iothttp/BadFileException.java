package io.millrace.connectors.iothttp;

import io.millrace.connectors.common.Trouble;

/** That a file the user names is not as it must be. */
final class BadFileException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Trouble trouble;

    /**
     * @param message names the file; one sentence
     * @param remedy what to do
     */
    BadFileException(String message, String remedy) {
        super(message + " " + remedy);
        this.trouble = new Trouble(message, remedy);
    }

    Trouble trouble() {
        return trouble;
    }
}
