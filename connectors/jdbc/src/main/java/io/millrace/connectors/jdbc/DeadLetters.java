package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.TableWriter.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** Hands rejected records to the worker, and waits until it has them. */
final class DeadLetters {
    private static final int MOST_NAMED = 10;

    private final JdbcSinkConfig config;
    private final SinkTaskContext context;

    DeadLetters(JdbcSinkConfig config, SinkTaskContext context) {
        this.config = config;
        this.context = context;
    }

    /** @throws ConnectException when the worker takes none: naming all, or the first ten and how many there are */
    void report(List<Rejection> rejections) {
        if (rejections.isEmpty()) {
            return;
        }
        @Nullable ErrantRecordReporter reporter = reporter();
        if (reporter == null) {
            throw new ConnectException(
                    "jdbc.rejected: " + rejections.size() + (rejections.size() == 1 ? " record" : " records")
                            + " of sink '" + config.connector()
                            + "' can never be written, and the worker takes no dead letters: "
                            + rejections.stream()
                                    .limit(MOST_NAMED)
                                    .map(DeadLetters::named)
                                    .collect(Collectors.joining(" "))
                            + (rejections.size() > MOST_NAMED ? " ..." : "")
                            + " Set 'errors.tolerance' to 'all' and a dead letter topic, or mend the records.");
        }
        List<Future<Void>> reports = new ArrayList<>();
        for (Rejection rejection : rejections) {
            reports.add(reporter.report(rejection.record(), rejection.error()));
        }
        for (Future<Void> report : reports) {
            await(report);
        }
    }

    private void await(Future<Void> report) {
        try {
            report.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException(
                    "Sink '" + config.connector() + "' was stopped while it reported dead letters.", e);
        } catch (ExecutionException e) {
            throw new ConnectException(
                    "The worker of sink '" + config.connector() + "' could not take a dead letter.", e);
        }
    }

    private static String named(Rejection rejection) {
        return "'" + Partitions.partition(rejection.record()) + "@"
                + rejection.record().originalKafkaOffset() + "': "
                + rejection.error().getMessage();
    }

    private @Nullable ErrantRecordReporter reporter() {
        try {
            return context.errantRecordReporter();
        } catch (NoSuchMethodError | NoClassDefFoundError e) {
            // a worker from before Kafka 2.6
            return null;
        }
    }
}
