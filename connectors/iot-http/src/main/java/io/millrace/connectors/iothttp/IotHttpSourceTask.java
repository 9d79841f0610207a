package io.millrace.connectors.iothttp;

import io.millrace.connectors.common.Version;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * Listens on the port; hands posted records to the worker, and has a request answered when the worker says that its records are durable.
 * The worker calls {@link #commitRecord} after the transaction's commit where it works exactly-once, else after the broker's
 * acknowledgement. {@link #stop} may come from another thread; all else is the task thread's.
 */
public final class IotHttpSourceTask extends SourceTask {
    /** How long a poll waits; the worker ends transactions, pauses and stops in between. */
    private static final Duration WAIT = Duration.ofMillis(100);

    private volatile @Nullable Running running;

    private record Running(IotHttpSourceConfig config, Inbox inbox, HttpFront front) {}

    @Override
    public void start(Map<String, String> properties) {
        IotHttpSourceConfig config = IotHttpSourceConfig.of(properties);
        Inbox inbox = new Inbox(config.limits().maxQueued());
        running = new Running(config, inbox, HttpFront.start(config, inbox, Clock.systemUTC(), System::nanoTime));
    }

    @Override
    @SuppressWarnings("NullAway") // the Connect API takes null for nothing
    public List<SourceRecord> poll() throws InterruptedException {
        Running current = running;
        if (current == null) {
            return null;
        }
        current.front().intake().polled();
        IotHttpSourceConfig config = current.config();
        List<Submission> taken = current.inbox().take(config.limits().maxBatch(), WAIT);
        if (taken.isEmpty()) {
            return null;
        }
        List<SourceRecord> batch = new ArrayList<>();
        taken.forEach(submission -> submission.addTo(batch, config.topic()));
        return batch;
    }

    /** @param metadata null for a record that the worker dropped or set aside, by the user's wish; it counts as taken too */
    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
        if (record instanceof Submission.Posted posted) {
            posted.submission().committed();
        }
    }

    /** What is under way is answered 503: what was not yet taken will not be, and of the rest nobody here will learn. */
    @Override
    public void stop() {
        Running current = running;
        running = null;
        if (current != null) {
            current.inbox().close();
            current.front().stop();
        }
    }

    @Override
    public String version() {
        return Version.VERSION;
    }

    /** The port that is listened on; for tests. */
    int port() {
        Running current = running;
        if (current == null) {
            throw new IllegalStateException("the task does not run");
        }
        return current.front().port();
    }

    IntakeHandler intake() {
        Running current = running;
        if (current == null) {
            throw new IllegalStateException("the task does not run");
        }
        return current.front().intake();
    }
}
