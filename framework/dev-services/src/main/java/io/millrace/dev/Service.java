package io.millrace.dev;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server coming up on a thread of its own.
 *
 * @param <T> how it is reached
 */
final class Service<T> {
    /** The code of what is no problem of the user's or of the machine's. */
    static final String DEFECT = "dev.defect";

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final CompletableFuture<T> access;
    private final Predicate<T> attached;
    private final Runnable down;
    private final BiConsumer<T, ObjectNode> describe;

    private Service(
            CompletableFuture<T> access, Predicate<T> attached, Runnable down, BiConsumer<T, ObjectNode> describe) {
        this.access = access;
        this.attached = attached;
        this.down = down;
        this.describe = describe;
    }

    /**
     * Begins to bring it up.
     *
     * @param attached whether it was running before
     * @param describe writes how it is reached
     * @param ready told, on the thread, what {@code describe} says, as soon as it is up
     */
    static <T> Service<T> start(
            Supplier<T> up,
            Predicate<T> attached,
            Runnable down,
            BiConsumer<T, ObjectNode> describe,
            Consumer<ObjectNode> ready) {
        CompletableFuture<T> access = CompletableFuture.supplyAsync(
                () -> {
                    T reached = up.get();
                    ObjectNode line = new ObjectMapper().createObjectNode();
                    describe.accept(reached, line);
                    ready.accept(line);
                    return reached;
                },
                task -> new Thread(task, "up").start());
        return new Service<>(access, attached, down, describe);
    }

    /** Waits until it is up, or it is known that it is not. */
    void await(Problems problems) {
        try {
            access.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ProblemException known) {
                problems.addAll(known.problems());
            } else {
                LOG.atError().setCause(e.getCause()).log("a server could not be brought up");
                problems.add(
                        Problem.error(DEFECT, "", "dev services failed: " + e.getCause() + ".", "Please report this."));
            }
        }
    }

    /** After {@link #await}: stops it if it is up and was not before. */
    void undo() {
        up().filter(attached.negate()).ifPresent(reached -> down.run());
    }

    /** After {@link #await}: writes how it is reached, if it is. */
    void describe(ObjectNode into) {
        up().ifPresent(reached -> describe.accept(reached, into));
    }

    private Optional<T> up() {
        return access.isCompletedExceptionally() ? Optional.empty() : Optional.of(access.join());
    }
}
