package io.millrace.plugin.record;

import org.apache.kafka.connect.errors.ConnectException;

/** A step of a transform chain threw. Whether it may be tried again is for the {@link #getCause() cause} to say. */
public final class TransformFailure extends ConnectException {
    private static final long serialVersionUID = 1L;

    private final String alias;
    private final String className;

    TransformFailure(String alias, String className, Exception cause) {
        super("Transform '" + alias + "' (" + className + ") failed: " + cause, cause);
        this.alias = alias;
        this.className = className;
    }

    /** The step's name in the configuration. */
    public String alias() {
        return alias;
    }

    /** The class that threw: the transformation's, or its predicate's. */
    public String className() {
        return className;
    }
}
