package io.millrace.broker.server;

import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.transaction.ProducerIds;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.ProducerIdsBlock;

/** Takes blocks of producer ids from the controller. */
final class ControllerProducerIds implements ProducerIds {
    private final Metadata metadata;

    ControllerProducerIds(Metadata metadata) {
        this.metadata = metadata;
    }

    @Override
    public CompletableFuture<ProducerIdsBlock> nextBlock() {
        int nodeId = metadata.identity().nodeId();
        return metadata.controller()
                .allocateProducerIds(
                        metadata.ownContext(),
                        new AllocateProducerIdsRequestData().setBrokerId(nodeId).setBrokerEpoch(metadata.brokerEpoch()))
                .thenApply(answer -> {
                    Errors error = Errors.forCode(answer.errorCode());
                    if (error != Errors.NONE) {
                        throw error.exception();
                    }
                    return new ProducerIdsBlock(nodeId, answer.producerIdStart(), answer.producerIdLen());
                });
    }
}
