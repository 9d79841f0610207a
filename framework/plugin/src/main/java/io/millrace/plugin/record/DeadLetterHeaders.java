package io.millrace.plugin.record;

/**
 * The headers of a dead letter. The first group is written as Kafka Connect writes them ({@code DeadLetterQueueReporter} of Apache Kafka
 * 4.3); the second is ours. All values are UTF-8 text.
 */
public final class DeadLetterHeaders {
    public static final String TOPIC = "__connect.errors.topic";
    public static final String PARTITION = "__connect.errors.partition";
    public static final String OFFSET = "__connect.errors.offset";
    public static final String CONNECTOR = "__connect.errors.connector.name";
    public static final String TASK = "__connect.errors.task.id";
    public static final String CONNECT_STAGE = "__connect.errors.stage";
    public static final String CLASS = "__connect.errors.class.name";
    public static final String EXCEPTION_CLASS = "__connect.errors.exception.class.name";
    public static final String EXCEPTION_MESSAGE = "__connect.errors.exception.message";
    public static final String EXCEPTION_STACKTRACE = "__connect.errors.exception.stacktrace";

    /** {@code source:<name>}, {@code <stream>.<step>} or {@code sink:<name>}. */
    public static final String STAGE = "millrace.stage";

    public static final String RULE = "millrace.rule";
    public static final String ERROR_CODE = "millrace.error.code";
    public static final String ERROR_MESSAGE = "millrace.error.message";
    public static final String FINGERPRINT = "millrace.error.fingerprint";
    public static final String ATTEMPTS = "millrace.attempts";

    /** {@code <topic>-<partition>@<offset>} of the raw record; on every record of every layer. */
    public static final String ORIGIN = "millrace.origin";

    /**
     * Of a source's record: one JSON object with what key and value do not say of the record that the connector gave. Where it is missing, the
     * record cannot be made again.
     */
    public static final String SOURCE_RECORD = "millrace.source.record";

    /**
     * {@code <topic>-<partition>@<offset>} of the record that the stage read, where the bytes are those of a row that the stage made of it. Absent
     * where the bytes are the record's own.
     */
    public static final String INPUT = "millrace.input";

    public static final String PIPELINE = "millrace.pipeline";
    public static final String VERSION = "millrace.version";

    private DeadLetterHeaders() {}
}
