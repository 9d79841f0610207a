package io.millrace.app.dev;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The dev services' own program, run as a child process: it starts servers that outlive it, and says where they are. What it prints on
 * standard error (progress, and its problems) goes to the user as it is.
 */
public final class DevServices {
    private final Path devHome;
    private final Path dataFolder;

    /**
     * @param devHome the distribution's dev folder
     * @param dataFolder where the services keep data, logs and pid files
     */
    public DevServices(Path devHome, Path dataFolder) {
        this.devHome = devHome;
        this.dataFolder = dataFolder;
    }

    /**
     * Starts what is needed, or finds it running; returns when all of it is there.
     *
     * @param ready told, on this thread, what is there each time that one more server is
     * @throws ProblemException with the child's exit code; its problems were already printed
     */
    public DevEnvironment up(DevNeeds needs, Consumer<DevEnvironment> ready) {
        List<String> arguments =
                new ArrayList<>(List.of("up", "--data", dataFolder.toString(), "--home", devHome.toString()));
        List<String> services = new ArrayList<>();
        if (!needs.databases().isEmpty()) {
            services.add("postgres");
        }
        if (!needs.warehouses().isEmpty()) {
            services.add("warehouse");
        }
        if (!needs.indices().isEmpty()) {
            services.add("search");
        }
        if (!needs.buckets().isEmpty()) {
            services.add("s3");
            arguments.addAll(
                    List.of("--buckets", String.join(",", needs.buckets().values())));
        }
        arguments.addAll(List.of("--as-ready", "--need", String.join(",", services)));
        Told told = new Told(ready);
        call(arguments, told);
        return told.environment;
    }

    /** Gathers what the lines of {@code up} tell. */
    private static final class Told implements Lines {
        private final ObjectMapper json = new ObjectMapper();
        private final Consumer<DevEnvironment> ready;
        private DevEnvironment environment = DevEnvironment.none();

        Told(Consumer<DevEnvironment> ready) {
            this.ready = ready;
        }

        @Override
        public void take(String line) throws IOException {
            JsonNode node = json.readTree(line);
            if (!node.has("problems")) {
                environment = environment.with(node);
                ready.accept(environment);
            }
        }
    }

    /** Stops all of them; does nothing where none runs. */
    public void down() {
        call(List.of("down", "--data", dataFolder.toString()), line -> {});
    }

    /**
     * Makes the shop's tables and base rows, returns when they are there, and goes on changing rows until closed. The child ends by itself
     * when this process dies, since its standard input ends then.
     *
     * @param changesPerSecond 0 for the base rows only
     */
    public AutoCloseable generate(DevEnvironment.Postgres postgres, double changesPerSecond) {
        return generator(
                List.of(
                        "generate",
                        "--url",
                        postgres.url(),
                        "--user",
                        postgres.user(),
                        "--rate",
                        rate(changesPerSecond)),
                Map.of("MILLRACE_DEV_PASSWORD", postgres.password()));
    }

    /**
     * Writes an access log until closed; returns when it begins. The child ends by itself as that of the shop does.
     *
     * @param linesPerSecond above 0
     */
    public AutoCloseable generateLog(Path file, double linesPerSecond) {
        return generator(List.of("generate-log", "--file", file.toString(), "--rate", rate(linesPerSecond)), Map.of());
    }

    /**
     * Posts devices' readings until closed; returns when it begins. The child ends by itself as that of the shop does.
     *
     * @param readingsPerSecond above 0
     */
    public AutoCloseable generateReadings(URI url, String token, double readingsPerSecond) {
        return generator(
                List.of("generate-readings", "--url", url.toString(), "--rate", rate(readingsPerSecond)),
                Map.of("MILLRACE_DEV_TOKEN", token));
    }

    private static String rate(double perSecond) {
        return Double.toString(perSecond);
    }

    private AutoCloseable generator(List<String> arguments, Map<String, String> secrets) {
        Process process = start(arguments, secrets);
        try {
            BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("ready")) {
                    return () -> stop(process);
                }
            }
            throw failed(process.waitFor());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            stop(process);
            Thread.currentThread().interrupt();
            throw interrupted();
        }
    }

    private static void stop(Process process) {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Takes a line of a child's standard output. */
    private interface Lines {
        void take(String line) throws IOException;
    }

    private void call(List<String> arguments, Lines lines) {
        Process process = start(arguments, Map.of());
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.take(line);
            }
            int status = process.waitFor();
            if (status != 0) {
                throw failed(status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw interrupted();
        }
    }

    /** Secrets go by environment: a command line can be read by others. */
    private Process start(List<String> arguments, Map<String, String> secrets) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                devHome.resolve("services") + File.separator + "*",
                "io.millrace.dev.DevServices"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(secrets);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "dev.start",
                            devHome.toString(),
                            "The dev services cannot be started: " + e.getMessage() + ".",
                            "Check that the distribution is whole, or run without --dev."),
                    e);
        }
    }

    /** The child has printed what is wrong; here only its exit status is passed on. */
    private static ProblemException failed(int status) {
        for (ExitCode code : ExitCode.values()) {
            if (code.status() == status && code != ExitCode.OK) {
                return new ProblemException(code, List.of());
            }
        }
        return new ProblemException(
                ExitCode.OURS,
                Problem.error("dev.died", "", "The dev services' program ended with status " + status + ".", ""));
    }

    private static ProblemException interrupted() {
        return new ProblemException(ExitCode.ENVIRONMENT, List.of());
    }
}
