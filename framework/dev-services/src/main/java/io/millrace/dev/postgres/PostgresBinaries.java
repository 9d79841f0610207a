package io.millrace.dev.postgres;

import io.millrace.dev.process.DevFolder;
import io.millrace.dev.process.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** The server's programs, unpacked once per version from the archive on the class path. */
final class PostgresBinaries {
    private final Path home;
    private final String version;
    private final PostgresPlatform platform;

    private PostgresBinaries(Path home, String version, PostgresPlatform platform) {
        this.home = home;
        this.version = version;
        this.platform = platform;
    }

    /**
     * Binaries for this machine below the folder; unpacks them where they are missing.
     *
     * @throws io.millrace.foundation.error.ProblemException ENVIRONMENT: {@code dev.platform}, {@code dev.folder-unwritable},
     *     {@code dev.folder-full}
     */
    static PostgresBinaries unpack(Path folder, PostgresPlatform platform, Progress progress) {
        String version = bundledVersion();
        Path home = folder.resolve("bin-" + version);
        if (!Files.isDirectory(home)) {
            progress.step("unpacking PostgreSQL " + version);
            try (InputStream archive = PostgresBinaries.class.getResourceAsStream("/" + platform.archive())) {
                if (archive == null) {
                    throw platform.unsupported();
                }
                unpack(archive, folder, home);
            } catch (IOException e) {
                throw DevFolder.failed(folder, e);
            }
        }
        return new PostgresBinaries(home, version, platform);
    }

    static String bundledVersion() {
        Properties versions = new Properties();
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("/dev-services.properties")) {
            if (in == null) {
                throw new IllegalStateException("dev-services.properties is missing from the class path");
            }
            versions.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions.getProperty("postgres");
    }

    String version() {
        return version;
    }

    String majorVersion() {
        return version.substring(0, version.indexOf('.'));
    }

    Path home() {
        return home;
    }

    String program(String name) {
        return home.resolve("bin")
                .resolve(platform.isWindows() ? name + ".exe" : name)
                .toString();
    }

    /** Whole or not at all: a kill in between leaves a temporary folder, which the next attempt removes. */
    private static void unpack(InputStream archive, Path folder, Path home) throws IOException {
        removeLeftovers(folder);
        Path fresh = Files.createTempDirectory(folder, "unpack-");
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(archive))) {
            @Nullable TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                unpackEntry(tar, entry, fresh);
            }
        }
        makeTraversable(fresh);
        Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
            throw new IOException("the archive names a file outside of its folder: '" + entry.getName() + "'");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        @Nullable Path parent = target.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        if (entry.isLink()) {
            Files.copy(into.resolve(entry.getLinkName()), target);
        } else {
            Files.copy(tar, target);
        }
        if ((entry.getMode() & 0100) != 0 && !target.toFile().setExecutable(true, false)) {
            throw new IOException("'" + target + "' could not be made executable");
        }
    }

    private static void makeTraversable(Path folder) throws IOException {
        if (!folder.toFile().setExecutable(true, false) || !folder.toFile().setReadable(true, false)) {
            throw new IOException("'" + folder + "' could not be made readable");
        }
    }

    private static void removeLeftovers(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.filter(
                            path -> path.getFileName().toString().startsWith("unpack-"))
                    .toList()) {
                deleteTree(child);
            }
        }
    }

    static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
