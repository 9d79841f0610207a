package io.millrace.app.deadletter;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.plugin.record.ReplayRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Lets dead letters enter their stages again: writes them to the pipeline's replay topic, a transaction for each batch. */
public final class Replayer {
    /** As large as any dead letter. */
    private static final int LARGEST = 64 << 20;

    private static final int TIMEOUT_MS = 30_000;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final String bootstrapServers;
    private final String pipeline;

    public Replayer(String bootstrapServers, String pipeline) {
        this.bootstrapServers = bootstrapServers;
        this.pipeline = pipeline;
    }

    /**
     * Replays what the plan says, in its order. What was committed before a failure stays, and is known as replayed.
     *
     * @param partitions of the replay topic
     * @param progress is told how many are committed, after each transaction
     * @throws ProblemException ENVIRONMENT, {@code deadletter.replay}: the broker failed, or another replay of the pipeline began
     */
    public void replay(ReplayPlan plan, int partitions, Pace pace, LongConsumer progress) throws InterruptedException {
        long sent = 0;
        try (Producer<byte[], byte[]> producer = producer()) {
            try {
                producer.initTransactions();
                long began = System.nanoTime();
                while (sent < plan.ready().size()) {
                    int end = (int) Math.min(plan.ready().size(), sent + pace.batch());
                    List<ReplayPlan.Ready> batch = plan.ready().subList((int) sent, end);
                    producer.beginTransaction();
                    for (ReplayPlan.Ready one : batch) {
                        producer.send(record(one, partitions));
                    }
                    producer.commitTransaction();
                    sent = end;
                    progress.accept(sent);
                    pace.await(sent, began);
                }
            } finally {
                producer.close(CLOSE_WITHIN);
            }
        } catch (KafkaException e) {
            throw failed(sent, plan.ready().size(), e);
        }
    }

    private ProducerRecord<byte[], byte[]> record(ReplayPlan.Ready one, int partitions) {
        String topic = ReplayHeaders.topicOf(pipeline);
        return one.input().isPresent()
                ? ReplayRecord.ofInput(one.letter().read(), one.input().get(), topic, partitions, one.attempts())
                : ReplayRecord.of(one.letter().read(), topic, partitions, one.attempts());
    }

    private ProblemException failed(long sent, int all, KafkaException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "deadletter.replay",
                        pipeline,
                        "The replay stopped after " + sent + " of " + all + " dead letters: " + cause.getMessage()
                                + ".",
                        "Run it again: what was replayed is known. Of two replays of a pipeline at once the later one"
                                + " goes on."),
                e);
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("transactional.id", "millrace-replay-" + pipeline);
        config.put("acks", "all");
        config.put("compression.type", "lz4");
        config.put("max.request.size", LARGEST);
        config.put("buffer.memory", 2L * LARGEST);
        config.put("max.block.ms", TIMEOUT_MS);
        config.put("delivery.timeout.ms", TIMEOUT_MS);
        config.put("request.timeout.ms", TIMEOUT_MS / 2);
        config.put("transaction.timeout.ms", TIMEOUT_MS);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
