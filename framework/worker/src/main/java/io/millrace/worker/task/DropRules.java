package io.millrace.worker.task;

import io.millrace.plugin.record.TransformChain;
import io.millrace.worker.fault.ErrorPolicy;
import io.millrace.worker.fault.RecordFailure;

/** The names under which a worker counts records that go nowhere. */
final class DropRules {
    /** Failed and tolerated, with no dead letter topic. */
    static final String TOLERATED = "errors.tolerance";

    /** Before the rule under which a record is counted that failed and, as {@code then: skip} of the pipeline says, is not kept. */
    private static final String SKIPPED = "skipped.";

    /** In a transaction that the connector itself aborted. */
    static final String ABORTED = "transaction.abort";

    /** A row that enters again, which a newer one of its key has followed; the layers' word too. */
    static final String SUPERSEDED = "superseded";

    /** A row that enters again so late that its deletion may have come and left no trace. */
    static final String TOO_LATE = "replay.too-late";

    private DropRules() {}

    /** Of a record that failed, was tolerated, and goes to no dead letter topic. */
    static String ofFailure(ErrorPolicy policy, RecordFailure failure) {
        return policy.skips() ? SKIPPED + failure.rule() : TOLERATED;
    }

    static boolean isFailure(String rule) {
        return rule.equals(TOLERATED) || rule.startsWith(SKIPPED);
    }

    /** The transform's alias; {@code transforms} where it may have been one of several. */
    static String ofTransforms(TransformChain<?> transforms) {
        return transforms.aliases().size() == 1 ? transforms.aliases().get(0) : "transforms";
    }
}
