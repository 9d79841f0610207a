package io.millrace.connectors.logs.tail;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the files that patterns name, and those beside them. */
public final class PathGlobs {
    private static final Logger LOG = LoggerFactory.getLogger(PathGlobs.class);

    /**
     * A pattern.
     *
     * @param base the folder above its first wildcard
     * @param depth how many levels below the base it reaches
     */
    private record Glob(Path base, int depth, List<PathMatcher> matchers) {
        boolean matches(Path path) {
            return matchers.stream().anyMatch(matcher -> matcher.matches(path));
        }
    }

    private final List<Glob> globs;
    private final List<Glob> excluded;
    private final Set<Path> told = new HashSet<>();

    /** @throws java.util.regex.PatternSyntaxException when a text is not a pattern */
    public PathGlobs(List<String> paths, List<String> exclude) {
        globs = paths.stream().map(PathGlobs::glob).toList();
        excluded = exclude.stream().map(PathGlobs::glob).toList();
    }

    /**
     * The folder above a pattern's first wildcard, or that of a plain path.
     *
     * @throws java.util.regex.PatternSyntaxException when the text is not a pattern
     */
    public static Path base(String pattern) {
        return glob(pattern).base();
    }

    private static Glob glob(String text) {
        Path start = Path.of("").toAbsolutePath();
        String pattern = text.startsWith("/") ? text : start + "/" + text;
        int wildcard = firstWildcard(pattern);
        Path base = Path.of(pattern.substring(0, Math.max(1, pattern.lastIndexOf('/', wildcard))));
        String below = pattern.substring(Math.min(pattern.length(), pattern.lastIndexOf('/', wildcard)));
        int depth = below.contains("**")
                ? Integer.MAX_VALUE
                : (int) below.chars().filter(c -> c == '/').count();
        List<PathMatcher> matchers = variants(pattern).stream()
                .map(variant -> FileSystems.getDefault().getPathMatcher("glob:" + variant))
                .toList();
        return new Glob(base, depth, matchers);
    }

    private static int firstWildcard(String pattern) {
        for (int i = 0; i < pattern.length(); i++) {
            if ("*?[{\\".indexOf(pattern.charAt(i)) >= 0) {
                return i;
            }
        }
        return pattern.length();
    }

    /** Users mean any number of folders by {@code /**}{@code /}, also none. */
    private static List<String> variants(String pattern) {
        int at = pattern.indexOf("/**/");
        if (at < 0) {
            return List.of(pattern);
        }
        List<String> all = new ArrayList<>();
        for (String rest : variants(pattern.substring(at + 3))) {
            all.add(pattern.substring(0, at) + "/**" + rest);
            all.add(pattern.substring(0, at) + rest);
        }
        return all;
    }

    /**
     * Each file once, with those of its folder that no pattern names.
     *
     * @throws UnsupportedOperationException on a system whose files have no inodes
     */
    List<FoundFile> find() throws IOException {
        Map<FileId, FoundFile> found = new LinkedHashMap<>();
        for (Glob glob : globs) {
            if (Files.isDirectory(glob.base())) {
                Files.walkFileTree(
                        glob.base(), EnumSet.of(FileVisitOption.FOLLOW_LINKS), glob.depth(), new Visitor(glob, found));
            }
        }
        return List.copyOf(found.values());
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Glob glob;
        private final Map<FileId, FoundFile> found;

        Visitor(Glob glob, Map<FileId, FoundFile> found) {
            this.glob = glob;
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (!attributes.isRegularFile()) {
                return FileVisitResult.CONTINUE;
            }
            boolean matched = glob.matches(path) && excluded.stream().noneMatch(other -> other.matches(path));
            try {
                FoundFile.at(path, matched)
                        .ifPresent(file -> found.merge(file.id(), file, (a, b) -> !a.matched() && b.matched() ? b : a));
            } catch (IOException e) {
                cannotLook(path, e);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException error) {
            cannotLook(path, error);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path path, @Nullable IOException error) {
            if (error != null) {
                cannotLook(path, error);
            }
            return FileVisitResult.CONTINUE;
        }
    }

    /** Told once. A file that went away meanwhile is no news. */
    private void cannotLook(Path path, IOException error) {
        if (error instanceof NoSuchFileException || error instanceof FileSystemLoopException || !told.add(path)) {
            return;
        }
        LOG.warn("a path cannot be looked at; it is tried again (path={}, error={})", path, error.toString());
    }
}
