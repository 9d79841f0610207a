package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An empty request of each API in each version is answered alike. */
class VersionsDifferentialTest {
    /**
     * Produce has no answer where acks are 0; what versions and the disk have is compared elsewhere. Kafka never answers a request to add
     * partitions that names no transaction, and lets a client ask again for a coordinator whose topic is being made, where the light engine
     * answers when it is made.
     */
    private static final Set<ApiKeys> NOT_ASKED = EnumSet.of(
            ApiKeys.PRODUCE,
            ApiKeys.API_VERSIONS,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.ADD_PARTITIONS_TO_TXN,
            ApiKeys.FIND_COORDINATOR);

    @Test
    void emptyRequestsAreAnsweredAlike(@TempDir Path light, @TempDir Path kafka) throws Exception {
        List<String> expected = answers(kafka, "kafka");
        assertThat(answers(light, "light")).containsExactlyElementsOf(expected);
    }

    static List<String> answers(Path folder, String engine) throws Exception {
        Transcript transcript = new Transcript(folder.toString());
        try (Brokers.Running broker = Brokers.start(folder, engine)) {
            for (ApiKeys api : ApiKeys.values()) {
                if (!NOT_ASKED.contains(api) && api.hasValidVersion() && !ServedApisTest.LEFT_OUT.containsKey(api)) {
                    for (AbstractRequest request : empty(api)) {
                        transcript.ask(api + " " + request.version(), () -> ask(broker, request));
                    }
                }
            }
        }
        return transcript.lines();
    }

    private static List<AbstractRequest> empty(ApiKeys api) {
        List<AbstractRequest> requests = new ArrayList<>();
        for (short version = api.oldestVersion(); version <= api.latestVersion(); version++) {
            ApiMessage message = ApiMessageType.fromApiKey(api.id).newRequest();
            try {
                ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(message, version);
                requests.add(AbstractRequest.parseRequest(api, version, bytes).request);
            } catch (UnsupportedVersionException | IllegalArgumentException e) {
                // this version of the API has no empty request
                continue;
            }
        }
        return requests;
    }

    private static Object ask(Brokers.Running broker, AbstractRequest request) throws Exception {
        try (RawClient client = new RawClient(broker.bootstrapServers())) {
            return client.ask(request);
        } catch (EOFException e) {
            return "the connection was closed";
        }
    }
}
