package io.millrace.pipeline.step;

import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceResolver;
import io.millrace.pipeline.reference.ReferenceText;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A secret that a step needs: a reference until the plan is made, then its value. Never printed. Immutable. */
public final class Secret {
    /** Fewer can be guessed. */
    private static final int LEAST_CHARACTERS = 16;

    private final Place place;
    private final ReferenceText written;
    private final Optional<String> value;

    private Secret(Place place, ReferenceText written, Optional<String> value) {
        this.place = place;
        this.written = written;
        this.value = value;
    }

    public static Secret of(Place place, ReferenceText written) {
        return new Secret(place, written, Optional.empty());
    }

    public List<Reference> references() {
        return written.references();
    }

    /** The secret with its value, or without, with problems told. */
    public Secret resolved(ReferenceResolver resolver, Diagnostics unresolved, Diagnostics diagnostics) {
        Optional<String> answer = written.resolve(resolver, unresolved);
        if (answer.isPresent() && answer.get().length() < LEAST_CHARACTERS) {
            diagnostics.error(
                    "pipeline.weak-secret",
                    place,
                    "'" + written.written() + "' stands for a secret of less than " + LEAST_CHARACTERS + " characters.",
                    "Use a long random one: a short one can be guessed.");
        }
        return new Secret(place, written, answer);
    }

    /**
     * @throws IllegalStateException before it is resolved
     */
    public byte[] bytes() {
        return value.orElseThrow(() -> new IllegalStateException("a secret is used before it is resolved"))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "[hidden]";
    }
}
