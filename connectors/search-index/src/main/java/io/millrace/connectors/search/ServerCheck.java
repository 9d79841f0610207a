package io.millrace.connectors.search;

import io.millrace.api.Finding;
import io.millrace.connectors.search.SearchIndexSinkConfig.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;

/** Asks whether the server is there and knows the credentials, and says what is in the way. */
final class ServerCheck {
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private ServerCheck() {}

    static List<Finding> of(Server server) {
        Server hurried = new Server(
                server.urls(),
                server.user(),
                server.password(),
                server.apiKey(),
                server.ca(),
                server.headers(),
                server.gzip(),
                server.timeout().compareTo(LONGEST) < 0 ? server.timeout() : LONGEST);
        try {
            Answer answer = SearchClient.to(hurried).get("/");
            // 403: known, but not allowed to ask this, which a sink need not be
            return answer.isGood() || answer.status() == 403 ? List.of() : List.of(refused(answer));
        } catch (IOException e) {
            return List.of(finding(
                    Finding.Fault.ENVIRONMENT,
                    "unreachable",
                    "url",
                    "The search server cannot be asked: " + e.getMessage() + ".",
                    "Check that it runs and that 'url' is right."));
        } catch (ConfigException e) {
            return List.of(finding(Finding.Fault.YOURS, "ca", "ca", String.valueOf(e.getMessage()), ""));
        }
    }

    private static Finding refused(Answer answer) {
        if (answer.status() == 401) {
            return finding(
                    Finding.Fault.ENVIRONMENT,
                    "credentials",
                    "user",
                    "The search server " + answer.node() + " refuses the credentials (HTTP status 401).",
                    "Correct 'user' and 'password', or 'api_key'.");
        }
        return finding(
                Finding.Fault.ENVIRONMENT,
                "refused",
                "url",
                "The search server " + answer.node() + " answers with HTTP status " + answer.status() + ".",
                "Check that 'url' is that of an OpenSearch or Elasticsearch, and see its log.");
    }

    private static Finding finding(Finding.Fault fault, String what, String field, String message, String remedy) {
        return new Finding(fault, SearchIndexShorthand.TYPE + "." + what, field, message, remedy);
    }
}
