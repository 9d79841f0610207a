package io.millrace.foundation.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProblemsTest {

    @Test
    void readsAsPlaceCodeMessageRemedy() {
        assertThat(Problem.error("a.b", "file.yaml:1:2", "It is 'x'.", "Write 'y'.")
                        .text())
                .isEqualTo("file.yaml:1:2 [a.b] It is 'x'. Write 'y'.");
        assertThat(Problem.error("a.b", "", "It is 'x'.", "").text()).isEqualTo("[a.b] It is 'x'.");
    }

    @Test
    void tellsEverythingAtOnce() {
        Problems problems = new Problems();
        problems.warning("w", "", "Careful.", "");
        problems.error("e", "", "Wrong.", "");
        problems.error("f", "", "Also wrong.", "");

        assertThatThrownBy(() -> problems.throwIfErrors(ExitCode.YOURS))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.YOURS);
                    assertThat(e.problems()).hasSize(3);
                })
                .hasMessage("[w] Careful.\n[e] Wrong.\n[f] Also wrong.");
    }

    @Test
    void warningsStopNothing() {
        Problems problems = new Problems();
        problems.warning("w", "", "Careful.", "");

        assertThatCode(() -> problems.throwIfErrors(ExitCode.YOURS)).doesNotThrowAnyException();
    }
}
