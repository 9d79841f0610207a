package io.millrace.it.harness;

import java.util.Locale;

/** Where every reading and every item of the pipeline {@code outage} ends. */
public enum Target {
    LAKE,
    WAREHOUSE,
    SEARCH;

    /** As the pipeline calls it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
