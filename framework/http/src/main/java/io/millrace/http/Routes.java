package io.millrace.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which route answers which method and path. Filled once, then read by many threads. */
public final class Routes {
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(String method, String template, List<String> segments, Route route) {}

    /** A route and what its path named. */
    record Match(Route route, Map<String, String> parameters) {}

    /**
     * Adds a route.
     *
     * @param method upper case
     * @param template segments between slashes, those in braces are parameters: {@code /connectors/{name}/config}
     */
    public Routes add(String method, String template, Route route) {
        entries.add(new Entry(method, template, segments(template), route));
        return this;
    }

    /** {@code METHOD /template} of each route, in order of addition. */
    public Set<String> list() {
        Set<String> all = new LinkedHashSet<>();
        entries.forEach(entry -> all.add(entry.method() + " " + entry.template()));
        return all;
    }

    /**
     * @param segments of the path, decoded
     * @throws HttpFailure 404 for an unknown path, 405 for a method that the path has not got
     */
    Match find(String method, List<String> segments, String path) {
        Set<String> others = new TreeSet<>();
        for (Entry entry : entries) {
            Map<String, String> parameters = parameters(entry.segments(), segments);
            if (parameters == null) {
                continue;
            }
            if (entry.method().equals(method)) {
                return new Match(entry.route(), parameters);
            }
            others.add(entry.method());
        }
        if (others.isEmpty()) {
            throw new HttpFailure(404, "There is nothing at '" + path + "'.");
        }
        throw new HttpFailure(405, "'" + path + "' takes " + String.join(", ", others) + ", not " + method + ".");
    }

    private static @Nullable Map<String, String> parameters(List<String> template, List<String> path) {
        if (template.size() != path.size()) {
            return null;
        }
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < template.size(); i++) {
            String segment = template.get(i);
            if (segment.startsWith("{")) {
                found.put(segment.substring(1, segment.length() - 1), path.get(i));
            } else if (!segment.equals(path.get(i))) {
                return null;
            }
        }
        return found;
    }

    /** A slash at the end means nothing. */
    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return segments;
    }
}
