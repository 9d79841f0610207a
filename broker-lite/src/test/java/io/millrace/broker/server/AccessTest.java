package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do nothing changes nothing and learns nothing. */
class AccessTest {
    private static final short BEFORE_TOPIC_IDS = 12;

    @TempDir
    Path folder;

    /** Anonymous clients of the listener OPEN may do nothing; the administrator comes over SASL. */
    private LightBroker start(String... more) throws IOException {
        Map<String, String> p = new HashMap<>();
        p.put("listeners", "OPEN://127.0.0.1:0,SASL_PLAINTEXT://127.0.0.1:0");
        p.put("listener.security.protocol.map", "OPEN:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("sasl.enabled.mechanisms", "PLAIN");
        p.put(
                "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_admin=\"secret\";");
        p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        p.put("super.users", "User:admin");
        for (int i = 0; i < more.length; i += 2) {
            p.put(more[i], more[i + 1]);
        }
        return LightBroker.start(folder, p);
    }

    private static Admin admin(LightBroker broker) {
        return Admin.create(Clients.sasl(
                broker.bootstrapServers("SASL_PLAINTEXT"),
                "SASL_PLAINTEXT",
                "PLAIN",
                Clients.plain("admin", "secret")));
    }

    private static AbstractResponse ask(LightBroker broker, AbstractRequest request) throws IOException {
        String[] address = broker.bootstrapServers("OPEN").split(":");
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.setSoTimeout(10_000);
            RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "anonymous", 1);
            ByteBuffer bytes = request.serializeWithHeader(header);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(bytes.remaining());
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            return AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
        }
    }

    @Test
    void whoMayNotAskForACoordinatorMakesNoTopicForIt() throws Exception {
        try (LightBroker broker = start();
                Admin admin = admin(broker)) {
            assertThat(coordinator(broker, (byte) 0)).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
            assertThat(coordinator(broker, (byte) 1)).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
            assertThat(admin.listTopics(new ListTopicsOptions().listInternal(true))
                            .names()
                            .get(10, TimeUnit.SECONDS))
                    .isEmpty();
        }
    }

    private static Errors coordinator(LightBroker broker, byte type) throws IOException {
        FindCoordinatorResponse answer = (FindCoordinatorResponse) ask(
                broker,
                new FindCoordinatorRequest.Builder(new FindCoordinatorRequestData()
                                .setKeyType(type)
                                .setCoordinatorKeys(List.of("mine")))
                        .build());
        return Errors.forCode(answer.data().coordinators().get(0).errorCode());
    }

    @Test
    void whoSaysHeIsAFollowerAndMayNotIsToldNothingOfTopics() throws Exception {
        try (LightBroker broker = start();
                Admin admin = admin(broker)) {
            create(admin);
            assertThat(follow(broker, "orders")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
            assertThat(follow(broker, "nothing")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        }
    }

    @Test
    void aFollowerHearsWhichPartitionsThereAreAndGetsNone() throws Exception {
        try (LightBroker broker = start("super.users", "User:admin;User:ANONYMOUS");
                Admin admin = admin(broker)) {
            create(admin);
            assertThat(follow(broker, "orders")).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
            assertThat(follow(broker, "nothing")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    private static void create(Admin admin) throws Exception {
        admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get(10, TimeUnit.SECONDS);
    }

    private static Errors follow(LightBroker broker, String topic) throws IOException {
        TopicPartition partition = new TopicPartition(topic, 0);
        var wanted = new FetchRequest.PartitionData(Uuid.ZERO_UUID, 0, 0, 1_000, java.util.Optional.empty());
        FetchResponse answer = (FetchResponse) ask(
                broker,
                FetchRequest.Builder.forReplica(BEFORE_TOPIC_IDS, 2, 1, 0, 0, Map.of(partition, wanted))
                        .build());
        LinkedHashMap<TopicPartition, ?> read = answer.responseData(Map.of(), BEFORE_TOPIC_IDS);
        assertThat(read).containsOnlyKeys(partition);
        return Errors.forCode(
                answer.responseData(Map.of(), BEFORE_TOPIC_IDS).get(partition).errorCode());
    }
}
