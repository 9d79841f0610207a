package io.millrace.connectors.logs.tail;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The found files of a log that are not read: what was decided of them, what is being found out, and which could not be opened. One thread. */
final class Strangers implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);

    private record Decided(FoundFile file, Optional<Tail> original) {}

    /** As they were when it was decided; and for copies, the original. */
    private final Map<FileId, Decided> decided = new HashMap<>();

    private final Map<FileId, Comparison> comparisons = new HashMap<>();
    /** Those that could not be opened at the last look; what is known of them is no copy's to take. */
    private final Set<FileId> unreadable = new HashSet<>();

    /**
     * Forgets what does not hold any more.
     *
     * @param there the found files that are not read
     * @param tails the files that are read
     */
    void look(Map<FileId, FoundFile> there, List<Tail> tails) {
        comparisons.entrySet().removeIf(running -> {
            boolean gone = !there.containsKey(running.getKey());
            if (gone) {
                close(running.getValue());
            }
            return gone;
        });
        // Invariant: what was decided of a file holds for that content alone; the next copy may have its inode.
        decided.values()
                .removeIf(earlier ->
                        !isAsDecided(earlier, there.get(earlier.file().id()), tails));
        unreadable.retainAll(there.keySet());
    }

    private static boolean isAsDecided(Decided earlier, @Nullable FoundFile now, List<Tail> tails) {
        return now != null
                && !now.differsFrom(earlier.file())
                && earlier.original().map(tails::contains).orElse(true);
    }

    /** Whether it is known to be none that is to be read. */
    boolean isDecided(FoundFile file) {
        return decided.containsKey(file.id());
    }

    void decide(FoundFile file, Optional<Tail> original) {
        decided.put(file.id(), new Decided(file, original));
    }

    void undecide(FoundFile file) {
        decided.remove(file.id());
    }

    /** The file that was found to be a copy of a tail, as it is now. */
    Optional<FoundFile> copyOf(Tail tail, Map<FileId, FoundFile> there) {
        return decided.values().stream()
                .filter(entry -> entry.original().filter(tail::equals).isPresent())
                .map(entry -> there.get(entry.file().id()))
                .filter(file -> file != null)
                .findFirst();
    }

    /**
     * Goes on comparing a file, or begins to.
     *
     * @param candidates what it may be a copy of, asked for once
     */
    Comparison.Result compare(FoundFile file, Supplier<List<Comparison.Known>> candidates) throws IOException {
        Comparison running = comparisons.remove(file.id());
        Comparison comparison = running == null ? new Comparison(file, candidates.get()) : running;
        Comparison.Result result = comparison.step();
        if (result instanceof Comparison.Result.Pending) {
            comparisons.put(file.id(), comparison);
        }
        return result;
    }

    boolean isComparing() {
        return !comparisons.isEmpty();
    }

    /** Told once until it works. */
    void unreadable(FoundFile file, IOException error) {
        if (unreadable.add(file.id())) {
            LOG.warn(
                    "a log file cannot be opened; it is tried again (file={}, error={})",
                    file.path(),
                    error.toString());
        }
    }

    /** It was there at the look and is not when it is opened. */
    void vanished(FoundFile file) {
        unreadable.add(file.id());
    }

    void readable(FoundFile file) {
        unreadable.remove(file.id());
    }

    boolean isUnreadable(FileId id) {
        return unreadable.contains(id);
    }

    private static void close(Comparison comparison) {
        try {
            comparison.close();
        } catch (IOException e) {
            LOG.debug("a log file was not closed well", e);
        }
    }

    @Override
    public void close() {
        comparisons.values().forEach(Strangers::close);
    }
}
