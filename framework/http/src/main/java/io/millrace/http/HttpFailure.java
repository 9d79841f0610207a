package io.millrace.http;

/** An answer that is not a success. */
public final class HttpFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    /**
     * @param status 400 to 599
     * @param message as the client is to read it
     */
    public HttpFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
