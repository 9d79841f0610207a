package io.millrace.worker.fault;

/** Where a record can fail, as Kafka Connect names it in the header {@code __connect.errors.stage}. */
public enum ConnectStage {
    TRANSFORMATION("worker.transform"),
    KEY_CONVERTER("worker.convert"),
    VALUE_CONVERTER("worker.convert"),
    HEADER_CONVERTER("worker.convert"),
    KAFKA_PRODUCE("worker.produce"),
    TASK_PUT("worker.put");

    private final String code;

    ConnectStage(String code) {
        this.code = code;
    }

    /** The stable code of a dead letter that failed here. */
    public String code() {
        return code;
    }
}
