package io.millrace.foundation.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> stopped = new ArrayList<>();
    private final Lifecycle lifecycle = new Lifecycle();

    @Test
    void stopsInReverseAndOnce() {
        lifecycle.started("a", () -> stopped.add("a"));
        lifecycle.started("b", () -> stopped.add("b"));

        lifecycle.close();
        lifecycle.close();

        assertThat(stopped).containsExactly("b", "a");
    }

    @Test
    void aStopThatFailsDoesNotKeepOthersFromStopping() {
        lifecycle.started("a", () -> stopped.add("a"));
        lifecycle.started("b", () -> {
            throw new IllegalStateException("b does not stop");
        });

        lifecycle.close();

        assertThat(stopped).containsExactly("a");
    }

    @Test
    void whatStartsTooLateIsStoppedAtOnce() {
        lifecycle.close();

        assertThatThrownBy(() -> lifecycle.started("late", () -> stopped.add("late")))
                .hasMessage("'late' was started after the stop began");
        assertThat(stopped).containsExactly("late");
    }
}
