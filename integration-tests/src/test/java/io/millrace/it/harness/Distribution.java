package io.millrace.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** The built distribution and the project around it. */
public final class Distribution {
    private Distribution() {}

    /** The project's root. */
    public static Path project() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("millrace"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** The folder with bin, lib, plugins and dev. */
    public static Path home() {
        Path home = project().resolve("framework/distribution/target/millrace");
        if (!Files.isDirectory(home.resolve("lib"))) {
            throw new IllegalStateException("the distribution is not built: '" + home + "' has no lib");
        }
        return home;
    }

    /** The shop pipeline of the project. */
    public static Path shop() {
        return project().resolve("pipelines/shop");
    }

    /**
     * Real data for tests, beside the project.
     *
     * @return whether the file is there; with {@code -Dmillrace.data.required} a missing one is a failure
     */
    public static boolean hasData(String name) {
        boolean there = Files.exists(data(name));
        if (!there && Boolean.parseBoolean(required())) {
            throw new AssertionError("millrace.data.required is set and '" + data(name) + "' is missing");
        }
        return there;
    }

    public static Path data(String name) {
        return project().resolveSibling("shared/data").resolve(name);
    }

    private static String required() {
        String value = System.getProperty("millrace.data.required");
        return value == null ? "false" : value.isEmpty() ? "true" : value;
    }
}
