package io.millrace.rest;

import io.millrace.http.Answer;
import io.millrace.http.Call;
import io.millrace.http.Routes;
import io.millrace.worker.Worker;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.utils.AppInfoParser;

/** {@code /} and {@code /health} (KIP-1017). */
final class WorkerRoutes {
    private static final long HEALTH_SECONDS = 10;

    private final Worker worker;

    WorkerRoutes(Worker worker) {
        this.worker = worker;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/", this::info);
        routes.add("GET", "/health", this::health);
    }

    /** The version is that of the Connect API that plugins meet: tools choose by it. */
    private Answer info(Call call) {
        return Answer.json(
                200,
                new Bodies.ServerInfo(AppInfoParser.getVersion(), AppInfoParser.getCommitId(), worker.clusterId()));
    }

    private Answer health(Call call) throws InterruptedException, ExecutionException {
        try {
            worker.herder().ping().get(HEALTH_SECONDS, TimeUnit.SECONDS);
            return Answer.json(
                    200,
                    new Bodies.WorkerHealth(
                            "healthy", "Worker has completed startup and is ready to handle requests."));
        } catch (TimeoutException e) {
            return Answer.json(
                    500,
                    new Bodies.WorkerHealth(
                            "unhealthy",
                            "Worker was unable to handle this request and may be unable to handle other requests."));
        }
    }
}
