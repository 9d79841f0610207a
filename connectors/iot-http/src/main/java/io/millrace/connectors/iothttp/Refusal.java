package io.millrace.connectors.iothttp;

import java.util.List;

/**
 * Why a request is not taken. As JSON it is the body of the answer.
 *
 * @param code stable, {@code iot-http.<what>}
 * @param message what is wrong and what to do; holds nothing of the body
 * @param bad the parts that are to blame, all of them up to {@link #MOST_BAD}
 * @param badCount how many parts are to blame
 * @param headers further headers of the answer, name and value
 */
record Refusal(int status, String code, String message, List<Bad> bad, int badCount, List<Header> headers) {
    static final int MOST_BAD = 100;

    /**
     * A part of the body that is to blame.
     *
     * @param place what it is: {@code line} (from 1) or {@code element} (from 0)
     */
    record Bad(String place, int index, String message) {}

    /** A header of the answer. */
    record Header(String name, String value) {}

    /** What is thrown where a body turns out bad; its place in the code tells nothing. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Refusal refusal;

        RefusedException(Refusal refusal) {
            super(refusal.message(), null, false, false);
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }

    Refusal {
        bad = List.copyOf(bad);
        headers = List.copyOf(headers);
    }

    static Refusal of(int status, String what, String message, Header... headers) {
        return new Refusal(status, "iot-http." + what, message, List.of(), 0, List.of(headers));
    }

    static Refusal of(int status, String what, String message, List<Bad> bad, int badCount) {
        return new Refusal(status, "iot-http." + what, message, bad, badCount, List.of());
    }

    /** @param seconds after which another try makes sense */
    static Refusal later(int status, String what, long seconds, String message) {
        return of(status, what, message, new Header("Retry-After", Long.toString(seconds)));
    }

    RefusedException asException() {
        return new RefusedException(this);
    }
}
