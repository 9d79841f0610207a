package io.millrace.pipeline.reference;

import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One value as written: literal text and references, in turn. */
public final class ReferenceText {
    static final String ENV = "env";
    static final String FILE = "file";

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z0-9_-]+):([^}]*)}");

    private record Part(String literal, Optional<Reference> reference) {}

    private final List<Part> parts;

    private ReferenceText(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Whether a text holds a reference. */
    public static boolean holdsReference(String text) {
        return REFERENCE.matcher(text).find();
    }

    /** Takes a value apart; a reference that cannot be read is a problem and stays as text. */
    public static ReferenceText parse(YamlScalar scalar, Reference.Site site, Diagnostics diagnostics) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = REFERENCE.matcher(scalar.text());
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                parts.add(new Part(scalar.text().substring(end, matcher.start()), Optional.empty()));
            }
            parts.add(new Part(matcher.group(), reference(matcher, scalar, site, diagnostics)));
            end = matcher.end();
        }
        if (end < scalar.text().length()) {
            parts.add(new Part(scalar.text().substring(end), Optional.empty()));
        }
        return new ReferenceText(parts);
    }

    private static Optional<Reference> reference(
            Matcher matcher, YamlScalar scalar, Reference.Site site, Diagnostics diagnostics) {
        String provider = matcher.group(1);
        String rest = matcher.group(2);
        int colonDash = rest.indexOf(":-");
        Optional<String> fallback = colonDash < 0 ? Optional.empty() : Optional.of(rest.substring(colonDash + 2));
        String address = colonDash < 0 ? rest : rest.substring(0, colonDash);
        int colon = provider.equals(FILE) ? address.lastIndexOf(':') : address.length();
        boolean known = provider.equals(ENV) || provider.equals(FILE);
        if (!known || colon < 1 || (provider.equals(FILE) && colon == address.length() - 1)) {
            diagnostics.error(
                    "pipeline.reference",
                    scalar.placeAt(matcher.start()),
                    "'" + matcher.group() + "' is not a reference that can be read.",
                    "References: ${env:NAME}, ${env:NAME:-default}, ${file:path:key}.");
            return Optional.empty();
        }
        String path = address.substring(0, colon);
        String key = provider.equals(FILE) ? address.substring(colon + 1) : "";
        return Optional.of(
                new Reference(matcher.group(), provider, path, key, fallback, scalar.placeAt(matcher.start()), site));
    }

    public List<Reference> references() {
        return parts.stream().flatMap(part -> part.reference().stream()).toList();
    }

    /** The text where it holds no reference. */
    public Optional<String> literal() {
        return references().isEmpty() ? Optional.of(written()) : Optional.empty();
    }

    /** The text as the user wrote it. */
    public String written() {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.literal()));
        return text.toString();
    }

    /** The text with all references answered, by the resolver or else by their fallbacks; empty, with a problem for each, where one is not. */
    public Optional<String> resolve(ReferenceResolver resolver, Diagnostics diagnostics) {
        StringBuilder text = new StringBuilder();
        boolean complete = true;
        for (Part part : parts) {
            if (part.reference().isEmpty()) {
                text.append(part.literal());
                continue;
            }
            Reference reference = part.reference().get();
            Optional<String> answer = resolver.resolve(reference).or(reference::fallback);
            answer.ifPresent(text::append);
            if (answer.isEmpty()) {
                complete = false;
                unresolved(reference, diagnostics);
            }
        }
        return complete ? Optional.of(text.toString()) : Optional.empty();
    }

    private static void unresolved(Reference reference, Diagnostics diagnostics) {
        boolean file = reference.provider().equals(FILE);
        diagnostics.error(
                "pipeline.unresolved-reference",
                reference.place(),
                "'" + reference.text() + "' has no value.",
                file
                        ? "Put '" + reference.key() + "' into the properties file '" + reference.path() + "'."
                        : "Set the environment variable '" + reference.path() + "', or write a default: ${env:"
                                + reference.path() + ":-default}.");
    }
}
