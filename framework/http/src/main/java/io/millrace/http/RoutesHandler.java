package io.millrace.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.URIUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each request to its route. */
final class RoutesHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(RoutesHandler.class);
    /** A connector's configuration may be large, a record it is not. */
    private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

    private final Routes routes;

    RoutesHandler(Routes routes) {
        this.routes = routes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        send(answer(request), response, callback);
        return true;
    }

    private Answer answer(Request request) {
        try {
            // Segments are split before they are decoded: a connector's name may hold a slash.
            List<String> segments = Routes.segments(request.getHttpURI().getPath()).stream()
                    .map(URIUtil::decodePath)
                    .toList();
            String path = "/" + String.join("/", segments);
            Routes.Match match = routes.find(request.getMethod(), segments, path);
            Call call = new Call(
                    request.getMethod(), path, match.parameters(), query(request), headers(request), body(request));
            return match.route().answer(call);
        } catch (HttpFailure e) {
            return Answer.failure(e.status(), String.valueOf(e.getMessage()));
        } catch (Exception e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("method", request.getMethod())
                    .addKeyValue("path", request.getHttpURI().getPath())
                    .log("a request could not be answered");
            return Answer.failure(500, String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, List<String>> query(Request request) {
        Map<String, List<String>> query = new HashMap<>();
        for (Fields.Field field : Request.extractQueryParameters(request)) {
            query.put(field.getName(), field.getValues());
        }
        return query;
    }

    /** Names in lower case. */
    private static Map<String, String> headers(Request request) {
        Map<String, String> headers = new HashMap<>();
        for (HttpField field : request.getHeaders()) {
            headers.putIfAbsent(field.getLowerCaseName(), String.valueOf(field.getValue()));
        }
        return headers;
    }

    private static byte[] body(Request request) throws IOException {
        try (InputStream stream = Content.Source.asInputStream(request)) {
            byte[] body = stream.readNBytes(MAX_BODY_BYTES + 1);
            if (body.length > MAX_BODY_BYTES) {
                throw new HttpFailure(413, "The request's body is larger than " + MAX_BODY_BYTES + " bytes.");
            }
            return body;
        }
    }

    private static void send(Answer answer, Response response, Callback callback) {
        response.setStatus(answer.status());
        answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        response.write(true, ByteBuffer.wrap(answer.body()), callback);
    }
}
