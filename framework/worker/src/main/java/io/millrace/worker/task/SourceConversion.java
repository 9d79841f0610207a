package io.millrace.worker.task;

import io.millrace.plugin.record.ConverterSet;
import io.millrace.plugin.record.TransformChain;
import io.millrace.worker.fault.ConnectStage;
import io.millrace.worker.fault.DeadLetterTopic;
import io.millrace.worker.fault.ErrorPolicy;
import io.millrace.worker.fault.RecordFailure;
import io.millrace.worker.fault.SourceLetter;
import io.millrace.worker.fault.StageRunner;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source record to bytes: transforms, then header, key and value converter. Owned by the task thread. */
final class SourceConversion {
    /** Milliseconds since 1970 as text: the timestamp the connector gave its record. */
    static final String SOURCE_TIMESTAMP = "millrace.source.timestamp";

    private static final Pattern TOPIC_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private static final Logger LOG = LoggerFactory.getLogger(SourceConversion.class);

    private final String place;
    private final TransformChain<SourceRecord> transforms;
    private final ConverterSet converters;
    private final StageRunner stages;
    private final ErrorPolicy policy;
    private final @Nullable DeadLetterTopic deadLetters;

    SourceConversion(
            String place,
            TransformChain<SourceRecord> transforms,
            ConverterSet converters,
            StageRunner stages,
            ErrorPolicy policy,
            @Nullable DeadLetterTopic deadLetters) {
        this.place = place;
        this.transforms = transforms;
        this.converters = converters;
        this.stages = stages;
        this.policy = policy;
        this.deadLetters = deadLetters;
    }

    /** @throws org.apache.kafka.connect.errors.ConnectException when the record fails and that is not tolerated */
    Prepared prepare(Incoming.Whole incoming) throws InterruptedException {
        SourceRecord original = incoming.original();
        try {
            SourceRecord transformed = transforms.isEmpty()
                    ? original
                    : stages.<@Nullable SourceRecord>run(
                            ConnectStage.TRANSFORMATION, TransformChain.class, () -> transforms.apply(original));
            return transformed == null
                    ? new Prepared.Dropped(DropRules.ofTransforms(transforms))
                    : new Prepared.Converted(convert(transformed, incoming));
        } catch (StageRunner.StageException e) {
            RecordFailure failure = e.failure();
            return setAside(failure, deadLetters == null ? null : incoming.letter(deadLetters, failure));
        }
    }

    /** What becomes of a dead letter that enters again, and of which no record can be made. */
    Prepared unreadable(Incoming.Unreadable incoming, DataException error) {
        RecordFailure failure = new RecordFailure(
                ConnectStage.VALUE_CONVERTER, SourceLetter.class.getName(), "unreadable_letter", error, 1);
        return setAside(failure, deadLetters == null ? null : incoming.letter(deadLetters, failure));
    }

    /** What becomes of a record whose bytes the broker or the producer refused for good. */
    Prepared refused(Incoming incoming, ProducerRecord<byte[], byte[]> bytes, Exception error) {
        RecordFailure failure = new RecordFailure(
                ConnectStage.KAFKA_PRODUCE,
                "org.apache.kafka.clients.producer.KafkaProducer",
                "kafka_produce",
                error,
                1);
        return setAside(failure, deadLetters == null ? null : incoming.refused(deadLetters, bytes, failure));
    }

    private Prepared setAside(RecordFailure failure, @Nullable ProducerRecord<byte[], byte[]> letter) {
        // Transient failures are never skipped: the task starts again and meets the record anew.
        if (!policy.tolerated() || failure.isTransient()) {
            throw failure.asException("A record of source task " + place);
        }
        if (policy.log() || (letter == null && !policy.skips())) {
            LOG.atWarn()
                    .addKeyValue("task", place)
                    .addKeyValue("stage", failure.stage())
                    .addKeyValue("rule", failure.rule())
                    .addKeyValue("error", failure.error().toString())
                    .log("a record is set aside");
        }
        return letter == null
                ? new Prepared.Dropped(DropRules.ofFailure(policy, failure))
                : new Prepared.Letter(letter);
    }

    private ProducerRecord<byte[], byte[]> convert(SourceRecord record, Incoming.Whole incoming)
            throws StageRunner.StageException, InterruptedException {
        String topic = stages.run(ConnectStage.KAFKA_PRODUCE, SourceConversion.class, () -> checked(record));
        Headers headers = stages.run(
                ConnectStage.HEADER_CONVERTER,
                converters.headerClass(),
                () -> converters.convertHeaders(topic, record.headers()));
        byte @Nullable [] key = stages.run(
                ConnectStage.KEY_CONVERTER,
                converters.keyClass(),
                () -> converters.fromConnectKey(topic, headers, record.keySchema(), record.key()));
        byte @Nullable [] value = stages.run(
                ConnectStage.VALUE_CONVERTER,
                converters.valueClass(),
                () -> converters.fromConnectValue(topic, headers, record.valueSchema(), record.value()));
        if (record.timestamp() != null && record.timestamp() >= 0) {
            headers.add(SOURCE_TIMESTAMP, record.timestamp().toString().getBytes(StandardCharsets.UTF_8));
        }
        incoming.mark(headers);
        return new ProducerRecord<>(
                topic, record.kafkaPartition(), incoming.arrival().millis(), key, value, headers);
    }

    private static String checked(SourceRecord record) {
        Long timestamp = record.timestamp();
        if (timestamp != null && timestamp < 0 && timestamp != -1) {
            throw new DataException("The record's timestamp '" + timestamp + "' is negative.");
        }
        if (record.topic() == null || record.topic().isEmpty()) {
            throw new DataException("The record names no topic.");
        }
        if (!TOPIC_NAME.matcher(record.topic()).matches()) {
            throw new DataException("The record's topic '" + record.topic() + "' is not a name that Kafka takes.");
        }
        if (record.kafkaPartition() != null && record.kafkaPartition() < 0) {
            throw new DataException("The record's partition '" + record.kafkaPartition() + "' is negative.");
        }
        return record.topic();
    }
}
