package io.millrace.dev.postgres;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.util.Locale;

/**
 * What kind of machine binaries are for, in the words of io.zonky.test.postgres archives.
 *
 * @param system {@code linux}, {@code darwin}, {@code windows}, or what the system calls itself
 * @param cpu {@code x86_64}, {@code arm_64}, or what the system calls it
 */
record PostgresPlatform(String system, String cpu) {

    /** From the values of {@code os.name} and {@code os.arch}. */
    static PostgresPlatform of(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        return new PostgresPlatform(system(os), cpu(arch));
    }

    private static String system(String os) {
        if (os.startsWith("mac") || os.startsWith("darwin")) {
            return "darwin";
        }
        return os.startsWith("windows") ? "windows" : os;
    }

    private static String cpu(String arch) {
        return switch (arch) {
            case "amd64", "x86_64", "x64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> arch;
        };
    }

    static PostgresPlatform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    boolean isWindows() {
        return "windows".equals(system);
    }

    /** The archive's name on the class path. */
    String archive() {
        return "postgres-" + system + "-" + cpu + ".txz";
    }

    ProblemException unsupported() {
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "dev.platform",
                        "",
                        "dev services hold no PostgreSQL for '" + system + "-" + cpu + "'.",
                        "Build Millrace on the machine that runs it (Linux, macOS or Windows on x86_64 or arm64), or run a PostgreSQL"
                                + " of your own and leave out --dev."));
    }
}
