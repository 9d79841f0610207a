package io.millrace.broker.request;

import io.millrace.broker.measure.Measures;
import io.millrace.broker.measure.Meter;
import io.millrace.broker.measure.Name;
import io.millrace.broker.metadata.MetadataListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicImage;

/**
 * How much is written and read, altogether and by topic, as Kafka's {@code BrokerTopicMetrics} count it. Those of a topic come with its first use
 * and go with the topic. Thread-safe.
 */
public final class Traffic implements MetadataListener {
    private final Measures measures;
    private final Predicate<String> exists;
    private final Meter produces;
    private final Meter failedProduces;
    private final Meter fetches;
    private final Meter failedFetches;
    private final Volume all;
    private final Map<String, Volume> topics = new ConcurrentHashMap<>();

    private record Volume(Meter messagesIn, Meter bytesIn, Meter bytesOut) {}

    /** @param exists whether there is a topic of this name */
    public Traffic(Measures measures, Predicate<String> exists) {
        this.measures = measures;
        this.exists = exists;
        this.produces = measures.meter(name("TotalProduceRequestsPerSec"), "requests");
        this.failedProduces = measures.meter(name("FailedProduceRequestsPerSec"), "requests");
        this.fetches = measures.meter(name("TotalFetchRequestsPerSec"), "requests");
        this.failedFetches = measures.meter(name("FailedFetchRequestsPerSec"), "requests");
        this.all = new Volume(
                measures.meter(name("MessagesInPerSec"), "messages"),
                measures.meter(name("BytesInPerSec"), "bytes"),
                measures.meter(name("BytesOutPerSec"), "bytes"));
    }

    private static Name name(String name) {
        return Name.of("kafka.server", "BrokerTopicMetrics", name);
    }

    /** A partition is to be appended to. */
    void appending() {
        produces.mark();
    }

    /** An append failed by no fault of the client. */
    void appendFailed() {
        failedProduces.mark();
    }

    void appended(String topic, long records, int bytes) {
        all.messagesIn().mark(records);
        all.bytesIn().mark(bytes);
        Volume own = of(topic);
        own.messagesIn().mark(records);
        own.bytesIn().mark(bytes);
    }

    /** A partition is to be read. */
    void reading() {
        fetches.mark();
    }

    /** A read failed by no fault of the client. */
    void readFailed() {
        failedFetches.mark();
    }

    void sent(String topic, int bytes) {
        if (bytes > 0) {
            all.bytesOut().mark(bytes);
            of(topic).bytesOut().mark(bytes);
        }
    }

    private Volume of(String topic) {
        Volume known = topics.get(topic);
        if (known != null) {
            return known;
        }
        Volume made = topics.computeIfAbsent(
                topic,
                t -> new Volume(
                        measures.meter(name("MessagesInPerSec").with("topic", t), "messages"),
                        measures.meter(name("BytesInPerSec").with("topic", t), "bytes"),
                        measures.meter(name("BytesOutPerSec").with("topic", t), "bytes")));
        // Invariant: nothing is left of a topic that was deleted meanwhile
        if (!exists.test(topic)) {
            forget(topic);
        }
        return made;
    }

    @Override
    public void onMetadata(MetadataDelta delta, MetadataImage image) {
        if (delta.topicsDelta() == null) {
            return;
        }
        delta.topicsDelta().deletedTopicIds().forEach(id -> {
            TopicImage former = delta.topicsDelta().image().getTopic(id);
            if (former != null) {
                forget(former.name());
            }
        });
    }

    private void forget(String topic) {
        topics.computeIfPresent(topic, (t, volume) -> {
            List.of("MessagesInPerSec", "BytesInPerSec", "BytesOutPerSec")
                    .forEach(name -> measures.remove(name(name).with("topic", t)));
            return null;
        });
    }
}
