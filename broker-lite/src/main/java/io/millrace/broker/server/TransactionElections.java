package io.millrace.broker.server;

import io.millrace.broker.metadata.MetadataListener;
import io.millrace.broker.transaction.TransactionCoordinator;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Avg;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.transaction.TransactionStateManagerConfig;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicDelta;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the transaction coordinator which partitions of its topic it serves: those that this node leads. */
final class TransactionElections implements MetadataListener {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionElections.class);

    private final TransactionCoordinator coordinator;
    private final int nodeId;
    private final Sensor loading;
    private final Time time;

    TransactionElections(TransactionCoordinator coordinator, int nodeId, Metrics metrics, Time time) {
        this.coordinator = coordinator;
        this.nodeId = nodeId;
        this.time = time;
        this.loading = metrics.sensor(TransactionStateManagerConfig.LOAD_TIME_SENSOR);
        String group = TransactionStateManagerConfig.METRICS_GROUP;
        loading.add(
                metrics.metricName(
                        "partition-load-time-max", group, "The longest that a partition took to load lately, in ms"),
                new Max());
        loading.add(
                metrics.metricName("partition-load-time-avg", group, "How long a partition took to load lately, in ms"),
                new Avg());
    }

    @Override
    public void onMetadata(MetadataDelta delta, MetadataImage image) {
        if (delta.topicsDelta() == null) {
            return;
        }
        if (delta.topicsDelta().topicWasDeleted(Topic.TRANSACTION_STATE_TOPIC_NAME)) {
            coordinator.unloadAll();
        }
        for (TopicDelta topic : delta.topicsDelta().changedTopics().values()) {
            if (topic.name().equals(Topic.TRANSACTION_STATE_TOPIC_NAME)) {
                topic.partitionChanges().forEach((partition, now) -> {
                    if (now.leader == nodeId) {
                        load(partition, now.leaderEpoch);
                    } else {
                        coordinator.unload(partition);
                    }
                });
            }
        }
    }

    private void load(int partition, int leaderEpoch) {
        long began = time.milliseconds();
        coordinator.load(partition, leaderEpoch).thenRun(() -> loaded(began)).exceptionally(e -> {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("partition", partition)
                    .log("The state of transactions could not be read; their producers are told to try again");
            return null;
        });
    }

    private void loaded(long began) {
        long now = time.milliseconds();
        loading.record(now - began, now, false);
    }
}
