package io.millrace.rest;

import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.http.HttpFailure;
import io.millrace.http.Route;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.AlreadyExistsException;
import org.apache.kafka.connect.errors.NotFoundException;

/** Turns what a worker says into what Kafka Connect's clients expect. */
final class Replies {
    /** {@code rest.api} of Kafka Connect waits as long. */
    private static final long PATIENCE_SECONDS = 90;

    private Replies() {}

    /** The route, with Connect's own exceptions as answers: 404, 409. */
    static Route of(Route route) {
        return call -> {
            try {
                return route.answer(call);
            } catch (NotFoundException e) {
                throw new HttpFailure(404, String.valueOf(e.getMessage()));
            } catch (AlreadyExistsException e) {
                throw new HttpFailure(409, String.valueOf(e.getMessage()));
            }
        };
    }

    static <T> T await(CompletableFuture<T> decision) throws Exception {
        try {
            return decision.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new HttpFailure(500, "Request timed out");
        }
    }

    /** All that is wrong with a connector's configuration, in Connect's form. */
    static HttpFailure invalid(ProblemException wrong) {
        List<Problem> errors = wrong.problems().stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .toList();
        String text = errors.stream()
                .map(problem -> (problem.message() + " " + problem.remedy()).strip())
                .collect(Collectors.joining("\n"));
        return new HttpFailure(
                400,
                "Connector configuration is invalid and contains the following " + errors.size() + " error(s):\n"
                        + text);
    }
}
