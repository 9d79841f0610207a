package io.millrace.broker.transaction;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.server.common.ProducerIdsBlock;

/** Where blocks of producer ids come from: the controller, which never gives an id twice. */
public interface ProducerIds {
    CompletableFuture<ProducerIdsBlock> nextBlock();
}
