package io.millrace.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

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

    /**
     * A distribution of links to the built one, with other plugins: as if a user had put folders into {@code plugins}, or taken some out.
     *
     * @param folder made for it
     * @param plugins name to folder
     * @return its launcher
     */
    public static Path linked(Path folder, Map<String, Path> plugins) throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("plugins"));
        Files.copy(home().resolve("bin/millrace"), folder.resolve("bin/millrace"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createSymbolicLink(folder.resolve("lib"), home().resolve("lib"));
        Files.createSymbolicLink(folder.resolve("dev"), home().resolve("dev"));
        for (Map.Entry<String, Path> plugin : plugins.entrySet()) {
            Files.createSymbolicLink(folder.resolve("plugins").resolve(plugin.getKey()), plugin.getValue());
        }
        return folder.resolve("bin/millrace");
    }

    /** A plugin that is shipped. */
    public static Path plugin(String name) {
        return home().resolve("plugins").resolve(name);
    }

    /** The shop pipeline of the project. */
    public static Path shop() {
        return project().resolve("pipelines/shop");
    }

    /** The part of it from the database to the lake alone, whose lines do not move when the shop's do. */
    public static Path lakeShop() {
        return project().resolve("integration-tests/src/test/resources/lake-shop");
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
