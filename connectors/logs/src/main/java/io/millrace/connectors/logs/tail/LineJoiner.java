package io.millrace.connectors.logs.tail;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes events of lines: each line is one, or they are joined as the rules say. */
final class LineJoiner {
    private final @Nullable EventAssembler assembler;
    /** Begins the next event. */
    private @Nullable Line pushedBack;

    LineJoiner(LineRules rules) {
        Optional<Multiline> multiline = rules.multiline();
        this.assembler = multiline
                .map(joined -> new EventAssembler(joined, rules.maxLineBytes()))
                .orElse(null);
    }

    /** Whether lines wait for the end of their event. */
    boolean isWaiting() {
        return assembler != null && !assembler.isEmpty();
    }

    /** A line that was added and was not taken; null for none. */
    @Nullable
    Line takeBack() {
        Line line = pushedBack;
        pushedBack = null;
        return line;
    }

    /** The event that is complete with this line, or before it; null for none. A line before which an event ends is to be taken back. */
    @Nullable
    Line add(Line line) {
        byte[] bytes = line.bytes();
        EventAssembler joining = assembler;
        if (joining == null || bytes == null && joining.isEmpty()) {
            return line;
        }
        if (bytes == null || joining.refuses(line, bytes)) {
            pushedBack = line;
            return joining.take();
        }
        joining.add(line, bytes);
        return joining.isComplete() ? joining.take() : null;
    }

    /** What waits, as an event; null for nothing. */
    @Nullable
    Line takeWaiting() {
        return assembler == null ? null : assembler.take();
    }
}
