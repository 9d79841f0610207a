package io.millrace.worker.offset;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes over offsets that another worker kept elsewhere, in Kafka Connect's format. What the topic knows already counts more. */
public final class OffsetImport {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetImport.class);

    private final String topic;
    private final OffsetCodec codec;
    private final Function<String, OffsetTopicReader> readers;

    /** @param readers makes one for a connector's name; closed here */
    public OffsetImport(String topic, Function<String, OffsetTopicReader> readers) {
        this.topic = topic;
        this.codec = new OffsetCodec(topic);
        this.readers = readers;
    }

    /**
     * Writes the offsets of partitions that the topic does not know.
     *
     * @param entries keys and values as Kafka Connect writes them; others are left out, and logged
     * @return how many were written
     * @throws ConnectException if one could not be written; the others may be
     */
    public int write(List<Map.Entry<byte[], byte[]>> entries, Producer<byte[], byte[]> producer) {
        Map<String, Map<Map<String, Object>, Map<String, Object>>> byConnector = new HashMap<>();
        for (Map.Entry<byte[], byte[]> entry : entries) {
            OffsetCodec.Key key = codec.readKey(entry.getKey()).orElse(null);
            Map<String, Object> partition = key == null ? null : key.partition();
            Map<String, Object> offset = codec.readValue(entry.getValue());
            if (key == null || partition == null || offset == null) {
                LOG.atWarn().addKeyValue("bytes", entry.getKey().length).log("an entry is no offset and is left out");
                continue;
            }
            byConnector
                    .computeIfAbsent(key.connector(), name -> new HashMap<>())
                    .put(partition, offset);
        }
        List<Future<?>> sent = new ArrayList<>();
        byConnector.forEach((connector, offsets) -> send(connector, unknown(connector, offsets), producer, sent));
        await(sent);
        return sent.size();
    }

    private Map<Map<String, Object>, Map<String, Object>> unknown(
            String connector, Map<Map<String, Object>, Map<String, Object>> offsets) {
        Map<Map<String, Object>, Map<String, Object>> unknown = new HashMap<>(offsets);
        try (OffsetTopicReader reader = readers.apply(connector)) {
            reader.offsets(offsets.keySet()).forEach((partition, known) -> {
                if (known != null) {
                    unknown.remove(partition);
                }
            });
        }
        return unknown;
    }

    private void send(
            String connector,
            Map<Map<String, Object>, Map<String, Object>> offsets,
            Producer<byte[], byte[]> producer,
            List<Future<?>> sent) {
        offsets.forEach((partition, offset) -> sent.add(
                producer.send(new ProducerRecord<>(topic, codec.key(connector, partition), codec.value(offset)))));
        LOG.atInfo()
                .addKeyValue("connector", connector)
                .addKeyValue("partitions", offsets.size())
                .log("offsets taken over");
    }

    private void await(List<Future<?>> sent) {
        try {
            for (Future<?> one : sent) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new ConnectException("Offsets could not be written to '" + topic + "': " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while offsets were written to '" + topic + "'.", e);
        }
    }
}
