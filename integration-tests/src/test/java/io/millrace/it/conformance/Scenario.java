package io.millrace.it.conformance;

import java.util.Set;

/**
 * Something that is played on every runtime, to find out how it does it.
 *
 * @param name also of its connector
 * @param on where it is played
 */
record Scenario(String name, Set<Kind> on, Play play) {
    /** What is done and looked at. */
    interface Play {
        void on(Stage stage) throws Exception;
    }

    static Scenario of(String name, Play play) {
        return new Scenario(name, Set.of(Kind.values()), play);
    }

    /**
     * Not played on Connect standalone, where a stop and a resume of two connectors at the same time lock each other out for good:
     * StandaloneHerder and MemoryConfigBackingStore take their locks in different order.
     */
    static Scenario notOnStandalone(String name, Play play) {
        return new Scenario(name, Set.of(Kind.DISTRIBUTED, Kind.OURS), play);
    }

    /** Needs what only Connect's REST interface can do today. */
    static Scenario notYetOnOurs(String name, Play play) {
        return new Scenario(name, Set.of(Kind.DISTRIBUTED), play);
    }
}
