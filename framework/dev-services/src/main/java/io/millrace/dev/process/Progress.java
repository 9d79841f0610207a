package io.millrace.dev.process;

/** Told what is being done, in short lines that a user may see. Called from several threads. */
@FunctionalInterface
public interface Progress {
    void step(String line);
}
