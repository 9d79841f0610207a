package io.millrace.connectors.search;

import io.millrace.connectors.common.Version;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Connect side: records to operations, refusals to reports, and patience with the server. All calls come from the worker's task thread.
 *
 * <p>{@link #put} returns when every record is acknowledged by the server or refused by it for good; so there is nothing to flush, and what
 * {@link #preCommit} is asked about may be committed.
 */
public final class SearchIndexSinkTask extends SinkTask {
    private static final Logger LOG = LoggerFactory.getLogger(SearchIndexSinkTask.class);

    private record Errant(SinkRecord record, DataException reason) {}

    private final Clock clock;
    private final BulkWriter.Pause pause;
    private final List<Future<Void>> reports = new ArrayList<>();

    private @Nullable Started started;
    private boolean failing;
    private long failingSince;
    private long known;

    private record Started(
            SearchIndexSinkConfig config, Operations operations, Indices indices, BulkWriter writer, Backoff backoff) {}

    /** As Connect makes it. */
    public SearchIndexSinkTask() {
        this(Clock.systemUTC(), duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos()));
    }

    SearchIndexSinkTask(Clock clock, BulkWriter.Pause pause) {
        this.clock = clock;
        this.pause = pause;
    }

    @Override
    public String version() {
        return Version.VERSION;
    }

    @Override
    public void start(Map<String, String> props) {
        SearchIndexSinkConfig config = SearchIndexSinkConfig.of(props);
        SearchClient client = SearchClient.to(config.server());
        Indices indices =
                new Indices(client, config.indexOptions(), new Mappings(config.decimalsAsText(), config.origin()));
        Random random = new Random((config.connector() + props.get(SearchIndexSinkConnector.TASK)).hashCode());
        BulkLimits limits = new BulkLimits(config.bulkBytes(), config.bulkRecords());
        started = new Started(
                config,
                new Operations(config),
                indices,
                new BulkWriter(client, indices, limits, new Backoff(random), clock, pause),
                new Backoff(random));
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        if (records.isEmpty()) {
            return;
        }
        try {
            write(records);
            if (failing) {
                LOG.info(
                        "the search server is back (connector={})",
                        started().config().connector());
            }
            failing = false;
            started().backoff().reset();
        } catch (RetriableException e) {
            failed(e);
            context.timeout(started().backoff().next(Duration.ofMillis(500)).toMillis());
            throw e;
        }
    }

    private void write(Collection<SinkRecord> records) {
        List<Errant> errants = new ArrayList<>();
        List<Operation> operations = new ArrayList<>(records.size());
        for (SinkRecord record : records) {
            try {
                Operation operation = started().operations().of(record);
                started().indices().prepare(operation);
                operations.add(operation);
            } catch (DataException e) {
                errants.add(new Errant(record, e));
            }
        }
        BulkWriter.Written written = started().writer().write(operations);
        written.refused()
                .forEach(refusal -> errants.add(new Errant(refusal.operation().record(), refusal.reason())));
        if (written.known() > 0) {
            known += written.known();
            LOG.debug(
                    "documents were there already, or newer ones: records came again"
                            + " (connector={}, written={}, known={})",
                    started().config().connector(),
                    written.written(),
                    written.known());
        }
        // Invariant: nothing of this put is tried again after a report, or the report would come twice.
        errants.forEach(this::report);
    }

    private void report(Errant errant) {
        ErrantRecordReporter reporter = context.errantRecordReporter();
        if (reporter == null) {
            throw new ConnectException(
                    "The record " + errant.record().originalTopic() + "-"
                            + errant.record().originalKafkaPartition() + "@"
                            + errant.record().originalKafkaOffset() + " cannot be written: "
                            + errant.reason().getMessage(),
                    errant.reason());
        }
        reports.add(reporter.report(errant.record(), errant.reason()));
    }

    private void failed(RetriableException failure) {
        if (!failing) {
            failing = true;
            failingSince = clock.millis();
            LOG.warn(
                    "the search server does not take the records; trying again (connector={}, error={})",
                    started().config().connector(),
                    failure.getMessage());
        }
        Duration since = Duration.ofMillis(clock.millis() - failingSince);
        if (since.compareTo(started().config().patience()) > 0) {
            throw new ConnectException(
                    failure.getMessage() + " It fails for " + since.toSeconds() + " seconds.", failure);
        }
    }

    /** All that was put is on the server; reports that the worker still writes are waited for. */
    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        for (Future<Void> report : reports) {
            try {
                report.get();
            } catch (ExecutionException e) {
                throw new ConnectException("A record that cannot be written could not be reported.", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ConnectException("Interrupted while a report was waited for.", e);
            }
        }
        reports.clear();
        return currentOffsets;
    }

    @Override
    public void stop() {
        if (started != null && known > 0) {
            LOG.info(
                    "so many records had come before, or newer ones had: their documents stayed as they were"
                            + " (connector={}, known={})",
                    started.config().connector(),
                    known);
        }
        started = null;
    }

    private Started started() {
        Started running = started;
        if (running == null) {
            throw new IllegalStateException("The task was not started.");
        }
        return running;
    }
}
