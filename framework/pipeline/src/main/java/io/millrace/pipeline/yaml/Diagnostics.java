package io.millrace.pipeline.yaml;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Collects what is wrong with a file and tells it in the order of the file, each thing once however many rules saw it. Owned by one
 * thread.
 */
public final class Diagnostics {
    private record Entry(Place place, Problem problem) {}

    private static final Comparator<Entry> ORDER = Comparator.comparing(Entry::place)
            .thenComparing(entry -> entry.problem().code())
            .thenComparing(entry -> entry.problem().message());

    private final List<Entry> found = new ArrayList<>();
    private int errors;

    public void error(String code, Place place, String message, String remedy) {
        errors++;
        add(place, Problem.error(code, place.toString(), message, remedy));
    }

    public void warning(String code, Place place, String message, String remedy) {
        add(place, Problem.warning(code, place.toString(), message, remedy));
    }

    private void add(Place place, Problem problem) {
        Entry entry = new Entry(place, problem);
        if (!found.contains(entry)) {
            found.add(entry);
        }
    }

    public boolean hasErrors() {
        return errors > 0;
    }

    /** How often an error was told, the same one again included: whether a rule told one is seen from before and after. */
    public int errors() {
        return errors;
    }

    /** By place. */
    public List<Problem> sorted() {
        return found.stream().sorted(ORDER).map(Entry::problem).toList();
    }

    /** Fails once with everything found, warnings included; does nothing where no error was found. */
    public void throwIfErrors() {
        if (hasErrors()) {
            throw new ProblemException(ExitCode.YOURS, sorted());
        }
    }
}
