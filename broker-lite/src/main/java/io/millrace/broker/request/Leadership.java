package io.millrace.broker.request;

import io.millrace.broker.metadata.Metadata;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnknownLeaderEpochException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.metadata.PartitionRegistration;

/** Checks that this node leads a partition in the epoch that a client believes in. */
final class Leadership {
    private final Metadata metadata;

    Leadership(Metadata metadata) {
        this.metadata = metadata;
    }

    /**
     * The leader epoch of a partition.
     *
     * @param believed the epoch that the client knows, if it says so
     */
    int require(TopicPartition partition, Optional<Integer> believed) {
        TopicImage topic = metadata.image().topics().getTopic(partition.topic());
        PartitionRegistration registration =
                topic == null ? null : topic.partitions().get(partition.partition());
        if (registration == null) {
            throw new UnknownTopicOrPartitionException(
                    "Topic " + partition.topic() + " has no partition " + partition.partition());
        }
        if (believed.isPresent() && believed.get() < registration.leaderEpoch) {
            throw new FencedLeaderEpochException("The requested epoch " + believed.get() + " of " + partition
                    + " is older than the leader's " + registration.leaderEpoch);
        }
        if (believed.isPresent() && believed.get() > registration.leaderEpoch) {
            throw new UnknownLeaderEpochException("The requested epoch " + believed.get() + " of " + partition
                    + " is newer than the leader's " + registration.leaderEpoch);
        }
        if (registration.leader != metadata.identity().nodeId()) {
            throw new NotLeaderOrFollowerException(partition + " has no leader yet");
        }
        return registration.leaderEpoch;
    }
}
