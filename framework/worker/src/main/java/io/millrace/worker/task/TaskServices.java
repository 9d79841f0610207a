package io.millrace.worker.task;

import io.millrace.plugin.discovery.Plugins;
import io.millrace.worker.client.KafkaClients;
import io.millrace.worker.fault.RestartBackoff;
import io.millrace.worker.offset.OffsetTopicReader;
import io.millrace.worker.offset.OffsetCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;

/**
 * What every task of a worker uses. Thread-safe, as its parts are.
 *
 * @param admin shared; closed by the worker
 * @param groupId prefix of transactional ids
 * @param converters settings of the converters where a connector has none of its own
 * @param flushInterval how often sinks commit, and sources with boundary {@code interval}
 * @param seeds of the jitter of each task
 */
public record TaskServices(
        Plugins plugins,
        KafkaClients clients,
        Admin admin,
        String groupId,
        String offsetTopic,
        Map<String, String> converters,
        Duration flushInterval,
        RestartBackoff.Policy restarts,
        Clock clock,
        AtomicLong seeds) {

    public Random newRandom() {
        return new Random(seeds.incrementAndGet());
    }

    /** Reads what a connector's offsets are; the caller closes it. */
    public OffsetTopicReader offsetReader(String connector) {
        return new OffsetTopicReader(
                connector,
                offsetTopic,
                new OffsetCodec(offsetTopic),
                admin,
                () -> clients.offsetConsumer("offsets-" + connector));
    }

    /** KIP-618: {@code <group.id>-<connector>-<task>}. */
    String transactionalId(TaskSpec spec) {
        return groupId + "-" + spec.connector() + "-" + spec.task();
    }
}
