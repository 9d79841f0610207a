package io.millrace.worker.task;

import io.millrace.plugin.record.ConverterSet;
import io.millrace.plugin.record.TransformChain;
import io.millrace.worker.fault.ConnectStage;
import io.millrace.worker.fault.DeadLetterTopic;
import io.millrace.worker.fault.ErrorPolicy;
import io.millrace.worker.fault.RecordFailure;
import io.millrace.worker.fault.StageRunner;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bytes to a sink record: key, value and header converter, then transforms. Owned by the task thread. */
final class SinkConversion {
    private static final Logger LOG = LoggerFactory.getLogger(SinkConversion.class);

    private final String place;
    private final SinkReplays replays;
    private final TransformChain<SinkRecord> transforms;
    private final ConverterSet converters;
    private final StageRunner stages;
    private final ErrorPolicy policy;
    private final @Nullable DeadLetterTopic deadLetters;

    SinkConversion(
            String place,
            SinkReplays replays,
            TransformChain<SinkRecord> transforms,
            ConverterSet converters,
            StageRunner stages,
            ErrorPolicy policy,
            @Nullable DeadLetterTopic deadLetters) {
        this.place = place;
        this.replays = replays;
        this.transforms = transforms;
        this.converters = converters;
        this.stages = stages;
        this.policy = policy;
        this.deadLetters = deadLetters;
    }

    /** @throws org.apache.kafka.connect.errors.ConnectException when the record fails and that is not tolerated */
    Delivery convert(ConsumerRecord<byte[], byte[]> raw) throws InterruptedException {
        if (replays.isOfOthers(raw)) {
            return new Delivery.OfOthers();
        }
        try {
            SinkRecord converted = toConnect(raw);
            SinkRecord transformed = transforms.isEmpty()
                    ? converted
                    : stages.<@Nullable SinkRecord>run(
                            ConnectStage.TRANSFORMATION, TransformChain.class, () -> transforms.apply(converted));
            return transformed == null
                    ? new Delivery.Drop(DropRules.ofTransforms(transforms))
                    : new Delivery.Give(transformed);
        } catch (StageRunner.StageException e) {
            return setAside(raw, e.failure());
        }
    }

    private SinkRecord toConnect(ConsumerRecord<byte[], byte[]> raw)
            throws StageRunner.StageException, InterruptedException {
        String topic = replays.shownTopic(raw);
        SchemaAndValue key = stages.run(
                ConnectStage.KEY_CONVERTER,
                converters.keyClass(),
                () -> converters.toConnectKey(topic, raw.headers(), raw.key()));
        SchemaAndValue value = stages.run(
                ConnectStage.VALUE_CONVERTER,
                converters.valueClass(),
                () -> converters.toConnectValue(topic, raw.headers(), raw.value()));
        ConnectHeaders headers = stages.run(
                ConnectStage.HEADER_CONVERTER,
                converters.headerClass(),
                () -> converters.toConnectHeaders(topic, raw.headers()));
        return TracedSinkRecord.of(raw, topic, key, value, headers);
    }

    /**
     * What becomes of a record that failed, here or in the task.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException when that is not tolerated
     */
    Delivery setAside(ConsumerRecord<byte[], byte[]> raw, RecordFailure failure) {
        // Transient failures are never skipped: the task starts again and meets the record anew.
        boolean reported = failure.stage() == ConnectStage.TASK_PUT;
        if (!policy.tolerated() || (failure.isTransient() && !reported)) {
            throw failure.asException(
                    "Record '" + raw.topic() + "-" + raw.partition() + "@" + raw.offset() + "' of sink task " + place);
        }
        if (policy.log() || (deadLetters == null && !policy.skips())) {
            LOG.atWarn()
                    .addKeyValue("task", place)
                    .addKeyValue("topic", raw.topic())
                    .addKeyValue("partition", raw.partition())
                    .addKeyValue("offset", raw.offset())
                    .addKeyValue("stage", failure.stage())
                    .addKeyValue("error", failure.error().toString())
                    .log("a record is set aside");
        }
        return deadLetters == null
                ? new Delivery.Drop(DropRules.ofFailure(policy, failure))
                : new Delivery.SetAside(deadLetters.ofSink(raw, failure));
    }
}
