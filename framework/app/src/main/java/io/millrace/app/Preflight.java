package io.millrace.app;

import io.millrace.api.Finding;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import io.millrace.pipeline.ResolvedSection;
import java.util.List;

/** Looks at the other side of every connector before it starts. */
final class Preflight {
    private Preflight() {}

    /**
     * Asks these sections.
     *
     * @throws ProblemException with all findings: YOURS if one of them is the user's, else ENVIRONMENT
     */
    static void check(List<ResolvedSection> sections) {
        Problems problems = new Problems();
        boolean yours = false;
        for (ResolvedSection section : sections) {
            for (Finding finding : section.shorthand().preflight(section.section())) {
                yours |= finding.fault() == Finding.Fault.YOURS;
                problems.error(
                        finding.code(), section.place(finding.field()).toString(), finding.message(), finding.remedy());
            }
        }
        problems.throwIfErrors(yours ? ExitCode.YOURS : ExitCode.ENVIRONMENT);
    }
}
