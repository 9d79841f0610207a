package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;

/** Refuses what the format foresees and the framework does not do yet. */
public final class NotYet {
    private NotYet() {}

    /**
     * Tells it.
     *
     * @param what a sentence without its full stop
     */
    public static void tell(String what, Place place, String remedy, Diagnostics diagnostics) {
        diagnostics.error("pipeline.not-yet", place, what + ".", remedy);
    }
}
