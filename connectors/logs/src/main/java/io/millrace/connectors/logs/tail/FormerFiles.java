package io.millrace.connectors.logs.tail;

import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What is remembered of files that are not read now: those of the former run that were not found yet, and those that are gone. One thread. */
final class FormerFiles {
    /** How many files that are gone are remembered, for their compressed copies. */
    private static final int REMEMBERED = 16;

    private final Map<FileId, FileState> states = new LinkedHashMap<>();

    FormerFiles(Map<FileId, FileState> stored) {
        stored.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().order()))
                .forEach(entry -> states.put(entry.getKey(), entry.getValue()));
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    long lastOrder() {
        return states.values().stream().mapToLong(FileState::order).max().orElse(0);
    }

    void forEach(BiConsumer<FileId, FileState> action) {
        states.forEach(action);
    }

    /** Of the file that has, or had, this identity. */
    Optional<FileState> stateOf(FileId id) {
        return Optional.ofNullable(states.get(id));
    }

    /** Whether a found file is one of these: known by its identity and its first bytes. */
    boolean holds(FoundFile file) {
        FileState state = states.get(file.id());
        if (state == null) {
            return false;
        }
        try (Content content = file.open().orElse(null)) {
            return content != null && begins(content, state);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean begins(Content content, FileState state) throws IOException {
        FileHeader header = new FileHeader();
        header.read(content);
        return header.isOf(state);
    }

    void remove(FileId id) {
        states.remove(id);
    }

    /** All of it was read, or told as lost. */
    void ended(FileId id, FileState state) {
        states.put(id, state.asEnded());
    }

    /** Says what of the former run was not found again. */
    void tellMissing() {
        states.replaceAll((id, state) -> {
            if (state.ended()) {
                return state;
            }
            Losses.notFoundAgain(state);
            return state.asEnded();
        });
    }

    /** Forgets what is long gone. */
    void forgetOldest() {
        List<FileId> oldest = states.entrySet().stream()
                .filter(entry -> entry.getValue().ended())
                .sorted(Comparator.comparingLong(entry -> entry.getValue().order()))
                .map(Map.Entry::getKey)
                .toList();
        oldest.subList(0, Math.max(0, oldest.size() - REMEMBERED)).forEach(states::remove);
    }
}
