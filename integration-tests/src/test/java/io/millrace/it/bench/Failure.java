package io.millrace.it.bench;

import java.nio.file.Path;

/** Adds to what went wrong with a broker what its process printed last. */
final class Failure {
    private Failure() {}

    /** Something that is done with a broker. */
    interface Work {
        void run() throws Exception;
    }

    /** @param folder of the broker */
    static void telling(String who, Path folder, Work work) throws Exception {
        try {
            work.run();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    who + ": " + e.getMessage() + "\nIts log ends with:\n" + BrokerJvm.logTail(folder), e);
        }
    }
}
