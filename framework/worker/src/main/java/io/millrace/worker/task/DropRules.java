package io.millrace.worker.task;

import io.millrace.plugin.record.TransformChain;

/** The names under which a worker counts records that go nowhere. */
final class DropRules {
    /** Failed and tolerated, with no dead letter topic. */
    static final String TOLERATED = "errors.tolerance";

    /** In a transaction that the connector itself aborted. */
    static final String ABORTED = "transaction.abort";

    /** A row that enters again, which a newer one of its key has followed; the layers' word too. */
    static final String SUPERSEDED = "superseded";

    /** A row that enters again so late that its deletion may have come and left no trace. */
    static final String TOO_LATE = "replay.too-late";

    private DropRules() {}

    /** The transform's alias; {@code transforms} where it may have been one of several. */
    static String ofTransforms(TransformChain<?> transforms) {
        return transforms.aliases().size() == 1 ? transforms.aliases().get(0) : "transforms";
    }
}
