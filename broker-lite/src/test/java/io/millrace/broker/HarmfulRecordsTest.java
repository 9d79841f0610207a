package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record of a hundred bytes that says it has two thousand million: who takes its word for it runs out of memory. */
class HarmfulRecordsTest {
    private static final int CLAIMED_BYTES = 1_900_000_000;
    private static final short BEFORE_TOPIC_IDS = 12;

    @TempDir
    Path folder;

    @Test
    void whoLooksForATimeInSuchARecordGetsAnErrorAndAllOthersAreServed() throws Exception {
        try (Brokers.Running broker = Brokers.start(folder, "light");
                RawClient client = new RawClient(broker.bootstrapServers())) {
            create(broker, new NewTopic("harmed", 1, (short) 1));
            assertThat(produce(client)).isEqualTo(Errors.NONE);
            assertThat(lookUp(client)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
            assertServes(broker);
        }
    }

    @Test
    void aTopicThatCompressesAnewRefusesSuchARecordAndTakesOthers() throws Exception {
        try (Brokers.Running broker = Brokers.start(folder, "light");
                RawClient client = new RawClient(broker.bootstrapServers())) {
            create(broker, new NewTopic("harmed", 1, (short) 1).configs(Map.of("compression.type", "gzip")));
            assertThat(produce(client)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
            assertServes(broker);
        }
    }

    @Test
    void aBatchOfNoKnownCompressionIsRefusedAndThatOfAnotherPartitionIsTaken() throws Exception {
        try (Brokers.Running broker = Brokers.start(folder, "light");
                RawClient client = new RawClient(broker.bootstrapServers())) {
            create(broker, new NewTopic("harmed", 2, (short) 1));
            MemoryRecords well = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[2_000]));
            MemoryRecords strange = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[2_000]));
            assertThat(produce(client, well, well)).containsExactly(Errors.NONE, Errors.NONE);
            strange.buffer().putShort(DefaultRecordBatch.LAST_OFFSET_DELTA_OFFSET - 2, (short) 5);
            List<Errors> answers = produce(client, strange, well);
            assertThat(answers.get(0)).isNotEqualTo(Errors.NONE);
            assertThat(answers.get(1)).isEqualTo(Errors.NONE);
        }
    }

    private static void create(Brokers.Running broker, NewTopic topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(topic)).all().get(10, TimeUnit.SECONDS);
        }
    }

    private static Errors produce(RawClient client) throws IOException {
        return produce(client, harmful()).get(0);
    }

    /** Writes to partition 0 and so on; the error of each. */
    private static List<Errors> produce(RawClient client, MemoryRecords... batches) throws IOException {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000);
        TopicProduceData topic = new TopicProduceData().setName("harmed");
        for (int i = 0; i < batches.length; i++) {
            topic.partitionData().add(new PartitionProduceData().setIndex(i).setRecords(batches[i]));
        }
        data.topicData().add(topic);
        ProduceResponseData answer =
                (ProduceResponseData) client.ask(ProduceRequest.builder(data).build(BEFORE_TOPIC_IDS));
        return answer.responses().find("harmed", Uuid.ZERO_UUID).partitionResponses().stream()
                .sorted(Comparator.comparingInt(partition -> partition.index()))
                .map(partition -> Errors.forCode(partition.errorCode()))
                .toList();
    }

    private static MemoryRecords harmful() throws IOException {
        ByteBuffer record = ByteBuffer.allocate(64);
        ByteUtils.writeVarint(CLAIMED_BYTES, record);
        record.put((byte) 0);
        ByteUtils.writeVarlong(0, record);
        ByteUtils.writeVarint(0, record);
        ByteUtils.writeVarint(-1, record);
        ByteUtils.writeVarint(1, record);
        record.put((byte) 'v');
        ByteUtils.writeVarint(0, record);
        ByteBufferOutputStream batch = new ByteBufferOutputStream(512);
        batch.position(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        try (OutputStream packed = Compression.lz4().build().wrapForOutput(batch, RecordBatch.CURRENT_MAGIC_VALUE)) {
            new DataOutputStream(packed).write(record.array(), 0, record.position());
        }
        ByteBuffer bytes = batch.buffer();
        int size = bytes.position();
        bytes.position(0);
        bytes.limit(size);
        DefaultRecordBatch.writeHeader(
                bytes,
                0,
                0,
                size,
                RecordBatch.CURRENT_MAGIC_VALUE,
                CompressionType.LZ4,
                TimestampType.CREATE_TIME,
                1_000,
                1_000,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                false,
                false,
                false,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                1);
        bytes.position(0);
        return MemoryRecords.readableRecords(bytes);
    }

    private static Errors lookUp(RawClient client) throws IOException {
        ListOffsetsTopic topic = new ListOffsetsTopic()
                .setName("harmed")
                .setPartitions(
                        List.of(new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(1)));
        ListOffsetsResponseData answer = (ListOffsetsResponseData)
                client.ask(ListOffsetsRequest.Builder.forConsumer(true, IsolationLevel.READ_UNCOMMITTED)
                        .setTargetTimes(List.of(topic))
                        .build());
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    private static void assertServes(Brokers.Running broker) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        TopicPartition partition = new TopicPartition("well", 0);
        try (KafkaProducer<String, String> producer =
                        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
                KafkaConsumer<String, String> consumer =
                        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            producer.send(new ProducerRecord<>("well", 0, null, "v")).get(10, TimeUnit.SECONDS);
            producer.send(new ProducerRecord<>("harmed", 0, null, "v")).get(10, TimeUnit.SECONDS);
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            assertThat(consumer.poll(Duration.ofSeconds(10)).records(partition))
                    .extracting(ConsumerRecord::value)
                    .containsExactly("v");
        }
    }
}
