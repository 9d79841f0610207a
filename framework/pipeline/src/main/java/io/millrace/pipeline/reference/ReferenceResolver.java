package io.millrace.pipeline.reference;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Answers references. */
@FunctionalInterface
public interface ReferenceResolver {

    /** What the reference stands for, without regard to its fallback; empty where nothing is there. */
    Optional<String> resolve(Reference reference);

    /** This resolver, then another for what this one does not know. */
    default ReferenceResolver or(ReferenceResolver next) {
        return reference -> resolve(reference).or(() -> next.resolve(reference));
    }

    /** Answers nothing: only fallbacks remain. */
    static ReferenceResolver none() {
        return reference -> Optional.empty();
    }

    /**
     * Answers from an environment and from properties files.
     *
     * @param environment variable to value
     * @param properties from a path, as written, to what the file holds; an empty map where it cannot be read
     */
    static ReferenceResolver of(Map<String, String> environment, Function<String, Map<String, String>> properties) {
        return reference -> Optional.ofNullable(
                reference.provider().equals(ReferenceText.FILE)
                        ? properties.apply(reference.path()).get(reference.key())
                        : environment.get(reference.path()));
    }
}
