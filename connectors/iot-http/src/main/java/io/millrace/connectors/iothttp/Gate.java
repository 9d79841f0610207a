package io.millrace.connectors.iothttp;

import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** What a request is refused for by its head alone, in this order: who asks, where, how, in what form. Stateless. */
final class Gate {
    private static final String SCHEME = "bearer ";

    private final IotHttpSourceConfig config;
    private final BearerTokens tokens;
    private final String realm;

    Gate(IotHttpSourceConfig config, BearerTokens tokens) {
        this.config = config;
        this.tokens = tokens;
        this.realm = "Bearer realm=\"" + config.connector().replaceAll("[^A-Za-z0-9._-]", "_") + "\"";
    }

    /** Empty for a request whose body may be read. */
    Optional<Refusal> check(Request request) {
        return authentication(request)
                .or(() -> path(request))
                .or(() -> method(request))
                .or(() -> encoding(request))
                .or(() -> length(request));
    }

    private Optional<Refusal> authentication(Request request) {
        if (!config.auth().asked()) {
            return Optional.empty();
        }
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return Optional.of(Refusal.of(
                    401,
                    "no-token",
                    "The request carries no bearer token. Send the header 'Authorization: Bearer <token>'.",
                    new Refusal.Header("WWW-Authenticate", realm)));
        }
        return tokens.has(header.substring(SCHEME.length()).strip())
                ? Optional.empty()
                : Optional.of(Refusal.of(
                        401,
                        "wrong-token",
                        "The bearer token is not known. Ask who runs this source for one.",
                        new Refusal.Header("WWW-Authenticate", realm + ", error=\"invalid_token\"")));
    }

    private Optional<Refusal> path(Request request) {
        String path = request.getHttpURI().getCanonicalPath();
        String wanted = config.path();
        boolean below = wanted.endsWith("/*");
        String base = below ? wanted.substring(0, wanted.length() - 2) : wanted;
        boolean matches = path != null && (path.equals(base) || (below && path.startsWith(base + "/")));
        return matches
                ? Optional.empty()
                : Optional.of(Refusal.of(404, "path", "There is nothing here. Post to '" + wanted + "'."));
    }

    private static Optional<Refusal> method(Request request) {
        return "POST".equals(request.getMethod())
                ? Optional.empty()
                : Optional.of(Refusal.of(
                        405, "method", "Records are taken by POST only.", new Refusal.Header("Allow", "POST")));
    }

    private static Optional<Refusal> encoding(Request request) {
        try {
            BodyFormat.of(contentType(request));
        } catch (Refusal.RefusedException e) {
            return Optional.of(e.refusal());
        }
        String encoding = encodingName(request);
        return encoding.isEmpty() || encoding.equals("identity") || isGzip(request)
                ? Optional.empty()
                : Optional.of(Refusal.of(
                        415,
                        "content-encoding",
                        "The body's Content-Encoding is not known. Send it as it is, or with 'gzip'.",
                        new Refusal.Header("Accept-Encoding", "gzip, identity")));
    }

    private Optional<Refusal> length(Request request) {
        return request.getLength() > config.limits().maxBody() ? Optional.of(bodyTooLarge()) : Optional.empty();
    }

    Refusal bodyTooLarge() {
        return Refusal.of(
                413,
                "body-too-large",
                "The body is larger than " + config.limits().maxBody() + " bytes. Send it in several requests.");
    }

    static Optional<String> contentType(Request request) {
        return Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
    }

    static boolean isGzip(Request request) {
        String encoding = encodingName(request);
        return encoding.equals("gzip") || encoding.equals("x-gzip");
    }

    private static String encodingName(Request request) {
        // Several headers count as one list, which is not known here.
        return String.join(",", request.getHeaders().getValuesList(HttpHeader.CONTENT_ENCODING))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
