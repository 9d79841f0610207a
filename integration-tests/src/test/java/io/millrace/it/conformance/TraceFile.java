package io.millrace.it.conformance;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the probes of one worker wrote, read as it grows. Thread-safe. */
final class TraceFile {
    private static final Set<String> ASKED_FOR_ALL =
            Set.of("validate", "exactlyOnceSupport", "canDefineTransactionBoundaries", "alterOffsets");

    private final Path file;
    private final List<Call> calls = new ArrayList<>();
    private final Map<String, String> owners = new HashMap<>();
    private long position;

    TraceFile(Path file) {
        this.file = file;
    }

    /** Of one connector, in the order they were written; those too that an instance got before it learnt whose it is. */
    synchronized List<Call> of(String connector) throws IOException {
        read();
        return calls.stream()
                .filter(call -> connector.equals(owner(call)))
                .map(call -> call.ownedBy(connector))
                .toList();
    }

    private String owner(Call call) {
        return call.connector().isEmpty() ? owners.getOrDefault(call.id(), "") : call.connector();
    }

    private void read() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        byte[] bytes;
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            open.seek(position);
            bytes = new byte[(int) (open.length() - position)];
            open.readFully(bytes);
        }
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            // the last line may be half written
            end--;
        }
        position += end;
        for (String line :
                new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList()) {
            Call call = Call.of(line);
            calls.add(call);
            // an instance that serves all connectors, such as one that is only asked to validate, belongs to none
            if (!call.connector().isEmpty() && !ASKED_FOR_ALL.contains(call.call())) {
                owners.put(call.id(), call.connector());
            }
        }
    }
}
