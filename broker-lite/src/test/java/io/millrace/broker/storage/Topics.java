package io.millrace.broker.storage;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metadata.ConfigRecord;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.common.metadata.PartitionChangeRecord;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RegisterBrokerRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Metadata for tests: topics of one broker with id 1, changed step by step. Each change goes to the listener as the broker's metadata thread
 * would hand it on.
 */
public final class Topics {
    private static final int NODE = 1;

    private final Listener listener;
    private MetadataImage image = MetadataImage.EMPTY;
    private long offset;

    /** Gets each change. */
    public interface Listener {
        void onMetadata(MetadataDelta delta, MetadataImage image);
    }

    /** Starts with one broker that is registered and not fenced. */
    public Topics(Listener listener) {
        this.listener = listener;
        change(
                new FeatureLevelRecord()
                        .setName(MetadataVersion.FEATURE_NAME)
                        .setFeatureLevel(MetadataVersion.latestProduction().featureLevel()),
                new RegisterBrokerRecord()
                        .setBrokerId(NODE)
                        .setBrokerEpoch(1)
                        .setFenced(false)
                        .setEndPoints(new RegisterBrokerRecord.BrokerEndpointCollection()));
    }

    public MetadataImage image() {
        return image;
    }

    /** Makes a topic whose id is derived from its name, so that it is the same in every run of a test. */
    public Topics create(String topic, int partitions, Map<String, String> settings) {
        return create(topic, idOf(topic), partitions, settings);
    }

    public Topics create(String topic, Uuid id, int partitions, Map<String, String> settings) {
        List<ApiMessage> records = new java.util.ArrayList<>();
        records.add(new TopicRecord().setName(topic).setTopicId(id));
        for (int i = 0; i < partitions; i++) {
            records.add(new PartitionRecord()
                    .setTopicId(id)
                    .setPartitionId(i)
                    .setReplicas(List.of(NODE))
                    .setIsr(List.of(NODE))
                    .setLeader(NODE)
                    .setLeaderEpoch(0)
                    .setPartitionEpoch(0)
                    .setDirectories(List.of(DirectoryId.UNASSIGNED)));
        }
        settings.forEach((name, value) -> records.add(setting(topic, name, value)));
        return change(records.toArray(ApiMessage[]::new));
    }

    public Topics set(String topic, String name, String value) {
        return change(setting(topic, name, value));
    }

    public Topics delete(String topic) {
        return change(new RemoveTopicRecord()
                .setTopicId(image.topics().getTopic(topic).id()));
    }

    /** Elects the broker again, which gives the partition its next leader epoch. */
    public Topics elect(TopicPartition partition) {
        return change(new PartitionChangeRecord()
                .setTopicId(image.topics().getTopic(partition.topic()).id())
                .setPartitionId(partition.partition())
                .setLeader(NODE));
    }

    /** The same for all partitions of a topic, in one step. */
    public Topics electAll(String topic) {
        var known = image.topics().getTopic(topic);
        return change(known.partitions().keySet().stream()
                .map(partition -> new PartitionChangeRecord()
                        .setTopicId(known.id())
                        .setPartitionId(partition)
                        .setLeader(NODE))
                .toArray(ApiMessage[]::new));
    }

    /** Any records, in one step. */
    public Topics change(ApiMessage... records) {
        MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
        for (ApiMessage record : records) {
            delta.replay(record);
        }
        image = delta.apply(new MetadataProvenance(++offset, 1, offset, true));
        listener.onMetadata(delta, image);
        return this;
    }

    public static Uuid idOf(String topic) {
        return new Uuid(0x4d696c6c72616365L, topic.hashCode());
    }

    private static ConfigRecord setting(String topic, String name, String value) {
        return new ConfigRecord()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName(topic)
                .setName(name)
                .setValue(value);
    }
}
