package io.millrace.connectors.jdbc.dialect;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is.
 *
 * @param url for the driver, without a login
 * @param login {@code user} and {@code password}, where the url had them
 * @param place the url without login and parameters, for messages
 */
public record Address(Dialect dialect, String url, Map<String, String> login, String place) {
    private static final Map<String, Dialect> DIALECTS = Map.of(
            "postgresql", new PostgresDialect(),
            "postgres", new PostgresDialect(),
            "mysql", new MySqlDialect(),
            "mariadb", new MySqlDialect(),
            "duckdb", new DuckDbDialect());

    /** What urls are taken, for messages. */
    public static final String FORMS = "['jdbc:postgresql://host:5432/database', 'jdbc:mariadb://host:3306/database',"
            + " 'jdbc:mysql://host:3306/database', 'jdbc:duckdb:/path/to/file']";

    /** Empty when the text is not the url of a known database. */
    public static Optional<Address> parse(String text) {
        String plain = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
        int colon = plain.indexOf(':');
        Dialect dialect = colon < 0 ? null : DIALECTS.get(plain.substring(0, colon));
        if (dialect == null) {
            return Optional.empty();
        }
        String scheme = plain.startsWith("postgres:") ? "postgresql" : plain.substring(0, colon);
        String rest = plain.substring(colon + 1);
        if (dialect instanceof DuckDbDialect) {
            return Optional.of(
                    new Address(dialect, "jdbc:duckdb:" + rest, Map.of(), "duckdb:" + rest.split("[;?]", 2)[0]));
        }
        return rest.matches("//[^/?]+(/[^?]*)?(\\?.*)?")
                ? Optional.of(server(dialect, scheme, rest))
                : Optional.empty();
    }

    private static Address server(Dialect dialect, String scheme, String rest) {
        Map<String, String> login = new LinkedHashMap<>();
        String[] sides = rest.substring("//".length()).split("\\?", 2);
        String[] hostAndPath = sides[0].split("/", 2);
        int at = hostAndPath[0].lastIndexOf('@');
        String host = hostAndPath[0].substring(at + 1);
        if (at >= 0) {
            String[] names = hostAndPath[0].substring(0, at).split(":", 2);
            login.put("user", decode(names[0]));
            if (names.length > 1) {
                login.put("password", decode(names[1]));
            }
        }
        String parameters = keep(sides.length > 1 ? sides[1] : null, login);
        String base = "//" + host + "/" + (hostAndPath.length > 1 ? hostAndPath[1] : "");
        return new Address(dialect, "jdbc:" + scheme + ":" + base + parameters, login, scheme + ":" + base);
    }

    /** The parameters without the login, which is put into the map. */
    private static String keep(@Nullable String query, Map<String, String> login) {
        List<String> kept = new ArrayList<>();
        if (query != null) {
            for (String parameter : query.split("&")) {
                String[] sides = parameter.split("=", 2);
                if (sides[0].equals("user") || sides[0].equals("password")) {
                    login.put(sides[0], decode(sides.length > 1 ? sides[1] : ""));
                } else if (!parameter.isEmpty()) {
                    kept.add(parameter);
                }
            }
        }
        return kept.isEmpty() ? "" : "?" + String.join("&", kept);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    @Override
    public String toString() {
        return place;
    }
}
