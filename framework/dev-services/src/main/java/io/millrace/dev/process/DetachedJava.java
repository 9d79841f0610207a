package io.millrace.dev.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a Java program that outlives this process, in a JVM made for a quick start and a small footprint. */
public final class DetachedJava {
    /** How the name of its executable starts. */
    public static final String PROGRAM = "java";

    private DetachedJava() {}

    /**
     * Starts it; does not wait for anything.
     *
     * @param folder its current folder
     * @param log where its output is appended
     * @param jars the folder of its class path
     * @param options of the JVM
     * @param arguments the main class and what it is told
     */
    public static Process start(Path folder, Path log, Path jars, List<String> options, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (File.separatorChar == '/') {
            // A terminal's Ctrl-C and hang-up go to all of its processes. Java leaves signals alone that it was started
            // to ignore.
            command.addAll(List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", PROGRAM).toString());
        command.addAll(options);
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jars + File.separator + "*"));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(nullDevice()))
                .start();
    }

    private static File nullDevice() {
        return new File(File.separatorChar == '/' ? "/dev/null" : "NUL");
    }
}
