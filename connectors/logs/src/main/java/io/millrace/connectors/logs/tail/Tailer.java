package io.millrace.connectors.logs.tail;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the lines of all files of a task. Never waits. One thread. */
public final class Tailer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Tailer.class);
    /** Broker and worker take about a megabyte as one record. */
    private static final int LARGEST_STATE = 900_000;
    /** What the smallest share of a log is, where many are read. */
    private static final int FAIR_RECORDS = 50;

    private final TailerSettings settings;
    private final StateReader states;
    private final Clock clock;
    private final PathGlobs globs;
    private final Map<LogName, LogFiles> logs = new LinkedHashMap<>();
    /** Names beside the matched files that have no state. */
    private final Set<LogName> foreign = new HashSet<>();

    private boolean looked;
    private long nextLook;
    private int turn;

    /** @throws java.util.regex.PatternSyntaxException when a path is not a pattern */
    public Tailer(TailerSettings settings, StateReader states, Clock clock) {
        this.settings = settings;
        this.states = states;
        this.clock = clock;
        this.globs = new PathGlobs(settings.paths(), settings.exclude());
    }

    /**
     * What can be read now, in the order of each log.
     *
     * @throws UncheckedIOException when folders cannot be looked into
     * @throws StateTooLargeException when a log has more files than its state can hold
     */
    public List<LogBatch> poll() {
        long now = clock.millis();
        if (now >= nextLook || logs.values().stream().anyMatch(LogFiles::wantsLook)) {
            look(now);
            nextLook = now + settings.scanInterval().toMillis();
        }
        List<LogFiles> order = new ArrayList<>(logs.values());
        List<LogBatch> batches = new ArrayList<>();
        int records = settings.maxRecords();
        long bytes = settings.maxBytes();
        int fairRecords = Math.max(FAIR_RECORDS, records / Math.max(1, order.size()));
        long fairBytes = Math.max(1, bytes / Math.max(1, order.size()));
        for (int i = 0; i < order.size() && records > 0 && bytes > 0; i++) {
            LogFiles log = order.get(Math.floorMod(turn + i, order.size()));
            Optional<LogBatch> batch = read(log, Math.min(records, fairRecords), Math.min(bytes, fairBytes), now);
            if (batch.isPresent()) {
                batches.add(batch.get());
                records -= batch.get().events().size();
                bytes -= batch.get().events().stream()
                        .mapToLong(event -> event.bytes().length)
                        .sum();
            }
        }
        turn++;
        return batches;
    }

    private Optional<LogBatch> read(LogFiles log, int maxRecords, long maxBytes, long now) {
        if (log.isComparing()) {
            return Optional.empty();
        }
        Map<String, String> before = null;
        List<LogEvent> events = new ArrayList<>();
        long bytes = 0;
        for (Tail tail : log.tails()) {
            if (!tail.mayHaveMore()) {
                continue;
            }
            before = before == null ? log.snapshot() : before;
            while (events.size() < maxRecords && bytes < maxBytes) {
                LogEvent event = tail.next(now);
                if (event == null) {
                    break;
                }
                events.add(event);
                bytes += event.bytes().length;
            }
            if (!tail.isCaughtUp()) {
                // Invariant: a newer file waits until the older one is read.
                break;
            }
        }
        if (events.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> after = log.snapshot();
        int size = after.entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
        if (size > LARGEST_STATE) {
            throw new StateTooLargeException(log.name().text(), log.tails().size());
        }
        return Optional.of(new LogBatch(log.name().text(), before == null ? Map.of() : before, after, events));
    }

    private void look(long now) {
        Map<LogName, List<FoundFile>> named = new LinkedHashMap<>();
        try {
            for (FoundFile file : globs.find()) {
                named.computeIfAbsent(LogName.of(file.path()), name -> new ArrayList<>())
                        .add(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<LogName, List<FoundFile>> ours = new LinkedHashMap<>(named);
        ours.keySet().removeIf(name -> name.task(settings.tasks()) != settings.task());
        Set<LogName> unknown = load(ours);
        Map<LogName, List<FoundFile>> byLog = new HashMap<>();
        named.forEach((name, files) -> {
            for (FoundFile file : files) {
                byLog.computeIfAbsent(home(file, name), log -> new ArrayList<>())
                        .add(file);
            }
        });
        for (LogFiles log : logs.values()) {
            boolean atEnd = settings.fromEnd() && !looked && unknown.contains(log.name());
            log.look(byLog.getOrDefault(log.name(), List.of()), atEnd, now);
        }
        looked = true;
        closeQuiet();
    }

    /** A file stays with its log when it gets a name of another one. */
    private LogName home(FoundFile file, LogName name) {
        LogFiles own = logs.get(name);
        if (own != null && own.holds(file)) {
            return name;
        }
        return logs.values().stream()
                .filter(log -> log != own && log.claims(file))
                .map(LogFiles::name)
                .findFirst()
                .orElse(name);
    }

    /** Makes the logs that are new; returns those without a state. */
    private Set<LogName> load(Map<LogName, List<FoundFile>> byLog) {
        Map<LogName, List<FoundFile>> added = new LinkedHashMap<>(byLog);
        added.keySet().removeAll(logs.keySet());
        added.entrySet()
                .removeIf(entry -> foreign.contains(entry.getKey())
                        && entry.getValue().stream().noneMatch(FoundFile::matched));
        Set<LogName> unknown = new HashSet<>();
        if (added.isEmpty()) {
            return unknown;
        }
        Map<String, Map<String, String>> stored =
                states.read(added.keySet().stream().map(LogName::text).toList());
        added.forEach((name, files) -> {
            Map<String, String> state = stored.get(name.text());
            if (state == null) {
                unknown.add(name);
            }
            if (state == null && files.stream().noneMatch(FoundFile::matched)) {
                foreign.add(name);
                return;
            }
            Map<FileId, FileState> parsed = new HashMap<>();
            if (state != null) {
                state.forEach((id, text) -> parsed.put(FileId.parse(id), FileState.parse(text)));
            }
            foreign.remove(name);
            logs.put(name, new LogFiles(name, parsed, settings.lines()));
        });
        return unknown;
    }

    private void closeQuiet() {
        List<Tail> open = logs.values().stream()
                .flatMap(log -> log.tails().stream())
                .filter(Tail::isOpen)
                .toList();
        if (open.size() <= settings.maxOpenFiles()) {
            return;
        }
        open.stream()
                .filter(tail -> tail.isPresent() && !tail.mayHaveMore())
                .sorted(Comparator.comparingLong(tail -> tail.found().modifiedNanos()))
                .limit(open.size() - settings.maxOpenFiles())
                .forEach(Tail::closeContent);
        LOG.debug("handles of quiet log files were given back (open={})", open.size());
    }

    @Override
    public void close() {
        logs.values().forEach(LogFiles::close);
    }
}
