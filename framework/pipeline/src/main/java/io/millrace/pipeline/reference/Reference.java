package io.millrace.pipeline.reference;

import io.millrace.api.ConnectorShorthand;
import io.millrace.pipeline.yaml.Place;
import java.util.Optional;

/**
 * A reference and where it stands.
 *
 * @param text as written, for example {@code ${env:PG_URL:-x}}
 * @param provider {@code env} or {@code file}
 * @param path the variable's name, or the file's path
 * @param key of a properties file; empty for env
 * @param fallback the text after {@code :-}
 * @param place where the reference starts
 * @param site whose value it is
 */
public record Reference(
        String text, String provider, String path, String key, Optional<String> fallback, Place place, Site site) {

    /**
     * The field that a reference stands in.
     *
     * @param section its name in the pipeline
     * @param type as the user wrote it: a short type, or a connector class
     * @param field with dots for nested fields; {@code config.<key>} and {@code transforms[<n>].<key>} for what goes to a connector as it is
     */
    public record Site(String section, ConnectorShorthand.Role role, String type, String field) {}
}
