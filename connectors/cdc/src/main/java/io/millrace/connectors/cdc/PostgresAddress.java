package io.millrace.connectors.cdc;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a database is, and what else its url may say.
 *
 * @param host name or address; an IPv6 address without brackets
 * @param port 1 to 65535; 5432 where the url names none
 * @param user from the url; may be absent
 * @param password from the url; may be absent
 * @param sslMode from the url, as libpq names the modes; may be absent
 */
record PostgresAddress(
        String host,
        int port,
        String database,
        Optional<String> user,
        Optional<String> password,
        Optional<String> sslMode) {
    private static final int DEFAULT_PORT = 5432;
    private static final List<String> PARAMETERS = List.of("user", "password", "sslmode");

    /** What is wrong with a url, in words that never repeat it. */
    static final class UrlException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String sentence;

        UrlException(String sentence) {
            super(sentence);
            this.sentence = sentence;
        }

        String sentence() {
            return sentence;
        }
    }

    /**
     * Reads {@code jdbc:postgresql://host:port/database}, {@code postgresql://user:password@host/database} and {@code postgres://...},
     * each with parameters {@code user}, {@code password}, {@code sslmode}.
     */
    static PostgresAddress parse(String url) throws UrlException {
        URI uri = uri(url);
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw new UrlException("url names no host.");
        }
        String path = uri.getPath();
        if (path == null || path.length() < 2 || path.indexOf('/', 1) > 0) {
            throw new UrlException("url names no database.");
        }
        int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
        if (port < 1 || port > 65_535) {
            throw new UrlException("port '" + port + "' of url is not between 1 and 65535.");
        }
        Map<String, String> parameters = parameters(uri.getRawQuery());
        String[] login = uri.getRawUserInfo() == null
                ? new String[0]
                : uri.getRawUserInfo().split(":", 2);
        return new PostgresAddress(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                port,
                path.substring(1),
                login.length > 0 ? Optional.of(decode(login[0])) : Optional.ofNullable(parameters.get("user")),
                login.length > 1 ? Optional.of(decode(login[1])) : Optional.ofNullable(parameters.get("password")),
                Optional.ofNullable(parameters.get("sslmode")));
    }

    private static URI uri(String url) throws UrlException {
        String plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        if (!plain.startsWith("postgresql://") && !plain.startsWith("postgres://")) {
            throw new UrlException("url is not one of PostgreSQL.");
        }
        try {
            return new URI(plain).parseServerAuthority();
        } catch (URISyntaxException e) {
            throw new UrlException("url cannot be read as one.");
        }
    }

    private static Map<String, String> parameters(String query) throws UrlException {
        Map<String, String> parameters = new TreeMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (!PARAMETERS.contains(parts[0])) {
                throw new UrlException("parameter '" + parts[0] + "' of url is not one of " + PARAMETERS + ".");
            }
            parameters.put(parts[0], decode(parts.length > 1 ? parts[1] : ""));
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** {@code host:port}, as messages name it. */
    String place() {
        return host + ":" + port;
    }

    /** Without user, password and parameters. */
    String jdbcUrl() {
        String hostPart = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return "jdbc:postgresql://" + hostPart + ":" + port + "/" + database;
    }

    /** The password is left out. */
    @Override
    public String toString() {
        return "PostgresAddress[" + jdbcUrl() + "]";
    }
}
