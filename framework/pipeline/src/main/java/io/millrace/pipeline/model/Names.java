package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import java.util.regex.Pattern;

/** What names may be: they become parts of topics, connectors, metrics and columns. */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private Names() {}

    /** Tells of a name of a pipeline, section, stream or rule that cannot be one. */
    public static boolean check(String name, Place place, String what, Diagnostics diagnostics) {
        if (NAME.matcher(name).matches()) {
            return true;
        }
        diagnostics.error(
                "pipeline.name",
                place,
                "'" + name + "' cannot be the name of " + what + ".",
                "Use a-z, 0-9, '_' and '-', at most 63 characters, the first a letter or a digit.");
        return false;
    }

    /** Tells of a name that a field of a record cannot have. */
    public static boolean checkField(String name, Place place, Diagnostics diagnostics) {
        if (FIELD.matcher(name).matches()) {
            return true;
        }
        diagnostics.error(
                "pipeline.name",
                place,
                "'" + name + "' cannot be the name of a field.",
                "Use letters, digits and '_', the first not a digit.");
        return false;
    }
}
