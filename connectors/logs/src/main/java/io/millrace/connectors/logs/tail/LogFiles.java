package io.millrace.connectors.logs.tail;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one log, oldest first: those that are read, and what is remembered of those that are gone. Decides which file a found one
 * is. One thread.
 *
 * <p>A found file is known by device and inode, if its first bytes still are what was read. Any other one may be the copy (copytruncate) or
 * the compressed copy of one that was cut or is gone: if it holds all that was read of that, it takes its place. A copy of a file that is
 * still read is left alone until then. All else is new.
 */
final class LogFiles implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);
    /** How long the handle of a removed file is kept after its last growth. */
    private static final Duration LINGER = Duration.ofSeconds(60);

    private final LogName name;
    private final LineRules rules;
    private final List<Tail> tails = new ArrayList<>();
    private final FormerFiles absent;
    private final Strangers strangers = new Strangers();

    private long lastOrder;
    private int looks;
    private boolean lookAgain;

    /** @param stored what {@link #snapshot()} was; empty for a log that is not known yet */
    LogFiles(LogName name, Map<FileId, FileState> stored, LineRules rules) {
        this.name = name;
        this.rules = rules;
        this.absent = new FormerFiles(stored);
        this.lastOrder = absent.lastOrder();
    }

    LogName name() {
        return name;
    }

    List<Tail> tails() {
        return tails;
    }

    /** Whether a file that has a name of this log is known, by what its folder tells and, for one of a former run, by its first bytes. */
    boolean holds(FoundFile file) {
        return tails.stream().anyMatch(tail -> tail.id().equals(file.id())) || absent.holds(file);
    }

    /** Whether a file that has a name of another log is one of these: it was given that name, and did not only get the inode of one that is gone. */
    boolean claims(FoundFile file) {
        try {
            for (Tail tail : tails) {
                if (tail.id().equals(file.id())) {
                    return tail.is(file);
                }
            }
        } catch (IOException e) {
            return false;
        }
        return absent.holds(file);
    }

    /** Whether it is not decided yet which file goes on where another ended: nothing may be read until then. */
    boolean isComparing() {
        return strangers.isComparing();
    }

    /** Whether another look is wanted at once. */
    boolean wantsLook() {
        return lookAgain || strangers.isComparing() || tails.stream().anyMatch(Tail::isTruncated);
    }

    /** What is to be stored, device and inode to state. */
    Map<String, String> snapshot() {
        Map<String, String> snapshot = new HashMap<>();
        absent.forEach((id, state) -> snapshot.put(id.toString(), state.text()));
        for (Tail tail : tails) {
            if (tail.offset() > 0) {
                snapshot.put(tail.id().toString(), tail.stateText());
            }
        }
        return snapshot;
    }

    /**
     * Takes note of the files that are there now.
     *
     * @param atEnd whether new files are begun at their end
     */
    void look(List<FoundFile> files, boolean atEnd, long now) {
        looks++;
        lookAgain = false;
        Set<Tail> cutBefore = tails.stream().filter(Tail::isTruncated).collect(Collectors.toSet());
        Map<FileId, FoundFile> there = files.stream()
                .collect(Collectors.toMap(FoundFile::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        Tail youngest = tails.isEmpty() ? null : tails.get(tails.size() - 1);
        for (Tail tail : tails) {
            FoundFile file = there.remove(tail.id());
            if (file == null) {
                tail.missing();
            } else {
                tail.seen(file, youngest != null && tail.isReplacedBy(youngest));
            }
        }
        strangers.look(there, tails);
        List<FoundFile> newcomers = there.values().stream()
                .sorted(Comparator.comparingLong(FoundFile::modifiedNanos)
                        .thenComparing(FoundFile::path, Comparator.reverseOrder()))
                .toList();
        // Invariant: each former file that is still there is known before any other is taken for its copy.
        List<FoundFile> unknown = newcomers.stream()
                .filter(file -> !strangers.isDecided(file) && !file.isTooEarlyToTell() && !resumed(file, now))
                .toList();
        boolean justCut = tails.stream().anyMatch(tail -> tail.isTruncated() && !cutBefore.contains(tail));
        if (!justCut) {
            // Else a copy may have come since the folder was looked at: the next look decides.
            unknown.forEach(file -> stranger(file, cutBefore, atEnd, now));
        }
        if (!strangers.isComparing() && !justCut) {
            endCuts(cutBefore, there, now);
            finishGone(there, now);
            forget();
        }
        tails.sort(Comparator.comparingLong(Tail::order));
    }

    private void stranger(FoundFile file, Set<Tail> cut, boolean atEnd, long now) {
        boolean mayBecomeCopy = file.size() == 0 && !(tails.isEmpty() && absent.isEmpty());
        if (mayBecomeCopy) {
            return;
        }
        try {
            Comparison.Result result = strangers.compare(file, () -> candidates(file, cut));
            if (result instanceof Comparison.Result.Same same && same.known().alive()) {
                copyOfLiving(file, same, now);
            } else if (result instanceof Comparison.Result.Same same) {
                takeOver(file, same.known().id(), same.known().state(), same.reach(), same.whole(), now);
            } else if (result instanceof Comparison.Result.Other && file.matched()) {
                // Invariant: files are begun in their order, so not before it is decided what became of one that was
                // cut.
                if (tails.stream().noneMatch(Tail::isTruncated)) {
                    begin(file, atEnd, now);
                }
            } else if (result instanceof Comparison.Result.Other) {
                strangers.decide(file, Optional.empty());
            }
            strangers.readable(file);
        } catch (IOException e) {
            strangers.unreadable(file, e);
        }
    }

    /** Files that were cut come first, then those that are gone, then those that are read. */
    private List<Comparison.Known> candidates(FoundFile file, Set<Tail> cut) {
        List<Comparison.Known> candidates = new ArrayList<>();
        for (Tail tail : tails) {
            if (cut.contains(tail)) {
                candidates.add(new Comparison.Known(tail.id(), tail.state(), Optional.of(tail), false));
            }
        }
        absent.forEach((id, state) -> {
            if (!strangers.isUnreadable(id)) {
                candidates.add(new Comparison.Known(id, state, Optional.empty(), false));
            }
        });
        for (Tail tail : tails) {
            if (!tail.isTruncated() && !tail.id().equals(file.id())) {
                candidates.add(new Comparison.Known(tail.id(), tail.state(), Optional.of(tail), true));
            }
        }
        return candidates;
    }

    /** Whether it is a file of the former run, known by its identity and its first bytes; or nothing can be said of it now. */
    private boolean resumed(FoundFile file, long now) {
        FileState state = absent.stateOf(file.id()).orElse(null);
        if (state == null) {
            return false;
        }
        try {
            Content content = file.open().orElse(null);
            if (content == null) {
                strangers.vanished(file);
                return true;
            }
            Tail tail = Tail.resume(file, content, state, rules, now);
            boolean longEnough = content.isGzip() || file.size() >= state.offset();
            if (!longEnough || !tail.beginsAs(state)) {
                tail.close();
                return false;
            }
            absent.remove(file.id());
            strangers.readable(file);
            tails.add(tail);
            LOG.info("a log file is read on (file={}, offset={})", file.path(), state.offset());
        } catch (IOException e) {
            strangers.unreadable(file, e);
        }
        return true;
    }

    private void begin(FoundFile file, boolean atEnd, long now) throws IOException {
        Content content = file.open().orElse(null);
        if (content == null) {
            return;
        }
        long offset = atEnd ? LastLine.end(content) : 0;
        tails.add(Tail.begin(file, content, ++lastOrder, offset, rules, now));
        LOG.info("a log file is begun (file={}, id={}, offset={})", file.path(), file.id(), offset);
    }

    /**
     * Two files hold the same, and neither ended. The longer one is the original, whichever was seen first: it is read on, the other is the
     * copy.
     */
    private void copyOfLiving(FoundFile file, Comparison.Result.Same same, long now) throws IOException {
        Optional<Tail> other = same.known().tail();
        if (other.isEmpty() || !file.matched() || !other.get().isOutgrownBy(file)) {
            strangers.decide(file, other);
            return;
        }
        Tail copy = other.get();
        FileState state = same.known().state().withKey(file.path().toString());
        takeOver(file, copy.id(), state, same.reach(), same.whole(), now);
        Optional<Tail> original =
                tails.stream().filter(tail -> tail.id().equals(file.id())).findFirst();
        if (original.isPresent()) {
            tails.remove(copy);
            copy.close();
            strangers.decide(copy.found(), original);
        }
    }

    /** The file goes on where another one ended. */
    private void takeOver(FoundFile file, FileId former, FileState state, long reach, boolean whole, long now)
            throws IOException {
        Content content = file.open().orElse(null);
        if (content == null) {
            return;
        }
        FileState carried = new FileState(
                state.order(),
                reach,
                state.head(),
                whole ? state.part() : 0,
                whole ? state.from() : reach,
                whole ? state.hash() : ContentHash.START,
                0,
                whole ? state.checkpoints() : List.of(),
                false,
                state.key(),
                file.path().toString());
        Tail successor = Tail.resume(file, content, carried, rules, now);
        LOG.info(
                "a log file was found to be the copy of a former one; it is read on"
                        + " (file={}, former={}, offset={})",
                file.path(),
                state.path(),
                reach);
        absent.remove(former);
        Optional<Tail> cut = tails.stream()
                .filter(tail -> tail.id().equals(former) && tail.isTruncated())
                .findFirst();
        if (cut.isPresent()) {
            Losses.cutWithCopy(cut.get(), file, reach, content.isGzip());
            leave(cut.get(), Optional.of(successor));
        } else {
            tails.add(successor);
        }
    }

    /** One at a time, the oldest first: what has its identity now may be the copy of the next one. */
    private void endCuts(Set<Tail> cut, Map<FileId, FoundFile> there, long now) {
        cut.stream().min(Comparator.comparingLong(Tail::order)).ifPresent(tail -> endCut(tail, there, now));
    }

    /** A file that was cut, and of which no copy was found at a look after that. */
    private void endCut(Tail tail, Map<FileId, FoundFile> there, long now) {
        if (!tails.contains(tail)) {
            return;
        }
        Optional<FoundFile> copy = strangers.copyOf(tail, there);
        if (copy.isPresent() && takenOver(copy.get(), tail, now)) {
            return;
        }
        if (!tail.isDrained()) {
            // What is in memory becomes events first.
            tail.drain();
            return;
        }
        Losses.cutWithoutCopy(tail);
        leave(tail, Optional.empty());
    }

    private boolean takenOver(FoundFile copy, Tail tail, long now) {
        FileState state = tail.state();
        boolean gzip = !copy.path().equals(tail.path()) && isGzip(copy);
        long reach = gzip ? state.offset() : Math.min(state.offset(), copy.size());
        strangers.undecide(copy);
        try {
            takeOver(copy, tail.id(), state, reach, reach == state.offset(), now);
            return true;
        } catch (IOException e) {
            strangers.unreadable(copy, e);
            return false;
        }
    }

    private static boolean isGzip(FoundFile file) {
        try (Content content = file.open().orElseThrow(IOException::new)) {
            return content.isGzip();
        } catch (IOException e) {
            return false;
        }
    }

    /** What has the tail's identity now is a newcomer at the next look: new, or itself a copy. The former content is the successor's. */
    private void leave(Tail tail, Optional<Tail> successor) {
        tails.remove(tail);
        tail.close();
        absent.remove(tail.id());
        successor.ifPresent(tails::add);
        lookAgain = true;
    }

    /** Files that were removed, are read to their end, and grow no more. */
    private void finishGone(Map<FileId, FoundFile> there, long now) {
        for (Tail tail : List.copyOf(tails)) {
            boolean over = !tail.isOpen() || tail.isCaughtUp() && tail.isQuietFor(LINGER, now);
            if (tail.isPresent() || tail.isTruncated() || !over) {
                continue;
            }
            Optional<FoundFile> copy = strangers.copyOf(tail, there);
            if (!tail.isCaughtUp() && copy.isEmpty()) {
                Losses.removedUnread(tail);
            }
            tails.remove(tail);
            tail.close();
            if (copy.isPresent() && takenOver(copy.get(), tail, now)) {
                continue;
            }
            if (tail.offset() > 0) {
                absent.ended(tail.id(), tail.state());
            }
            LOG.info("a log file that was removed is read to its end (file={}, offset={})", tail.path(), tail.offset());
        }
    }

    /** Says what of the former run was not found again, and forgets what is long gone. */
    private void forget() {
        if (looks >= 2) {
            absent.tellMissing();
            tails.forEach(tail -> absent.remove(tail.id()));
        }
        absent.forgetOldest();
    }

    @Override
    public void close() {
        tails.forEach(Tail::close);
        strangers.close();
    }
}
