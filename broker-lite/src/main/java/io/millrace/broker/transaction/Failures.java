package io.millrace.broker.transaction;

import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what an operation threw into the code that its client is told. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** The code of a refusal; what was not meant as one is logged, for the client learns nothing from its code. */
    static Errors error(Throwable thrown) {
        if (!(thrown instanceof ApiException)) {
            LOG.atError().setCause(thrown).log("a request to the transaction coordinator failed");
        }
        return Errors.forException(thrown);
    }
}
