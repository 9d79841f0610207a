package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedApisTest {
    private static final String START = "<!-- apis -->\n";
    static final Map<ApiKeys, String> LEFT_OUT = leftOut();

    private static Map<ApiKeys, String> leftOut() {
        Map<ApiKeys, String> reasons = new EnumMap<>(ApiKeys.class);
        for (ApiKeys api : ApiKeys.values()) {
            if (!api.hasValidVersion()) {
                reasons.put(api, "gone from Kafka since 4.0");
            } else if (api.name().contains("SHARE_")) {
                reasons.put(api, "no share groups: `share.version` stays 0");
            } else if (!api.inScope(ListenerType.BROKER)) {
                reasons.put(api, "between controllers and brokers only, of which there is one");
            }
        }
        String voters = "the node is the only voter of its quorum";
        reasons.put(ApiKeys.ADD_RAFT_VOTER, voters);
        reasons.put(ApiKeys.REMOVE_RAFT_VOTER, voters);
        String telemetry = "not offered by a Kafka broker without a receiver of client metrics either";
        reasons.put(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, telemetry);
        reasons.put(ApiKeys.PUSH_TELEMETRY, telemetry);
        return reasons;
    }

    @Test
    void theTableOfApisIsTheGeneratedOne(@TempDir Path folder) throws Exception {
        String readme = Files.readString(Path.of(System.getProperty("basedir", "."), "README.md"));
        int from = readme.indexOf(START) + START.length();

        try (Brokers.Running broker = Brokers.start(folder, "light")) {
            assertThat(readme.substring(from, readme.indexOf("<!-- /apis -->"))).isEqualTo(table(broker));
        }
    }

    @Test
    void whatIsServedIsServedInAllVersionsThatKafkaServes(@TempDir Path light, @TempDir Path kafka) throws Exception {
        ApiVersionCollection ours;
        ApiVersionCollection theirs;
        try (Brokers.Running broker = Brokers.start(light, "light")) {
            ours = served(broker);
        }
        try (Brokers.Running broker = Brokers.start(kafka, "kafka")) {
            theirs = served(broker);
        }
        theirs.removeIf(version -> LEFT_OUT.containsKey(ApiKeys.forId(version.apiKey())));
        assertThat(ours).containsExactlyInAnyOrderElementsOf(theirs);
    }

    private static ApiVersionCollection served(Brokers.Running broker) throws Exception {
        try (RawClient client = new RawClient(broker.bootstrapServers())) {
            return ((ApiVersionsResponse)
                            client.send(new ApiVersionsRequest.Builder().build(ApiKeys.API_VERSIONS.latestVersion())))
                    .data()
                    .apiKeys();
        }
    }

    static String table(Brokers.Running broker) throws Exception {
        ApiVersionCollection served = served(broker);
        StringBuilder table = new StringBuilder("| key | API | versions |\n|---|---|---|\n");
        for (ApiKeys api : ApiKeys.values()) {
            ApiVersion versions = served.find(api.id);
            String told = versions == null
                    ? "left out: " + LEFT_OUT.getOrDefault(api, "?")
                    : Math.max(versions.minVersion(), api.oldestVersion()) + " to " + versions.maxVersion();
            table.append(String.format("| %d | %s | %s |\n", api.id, api, told));
        }
        return table.toString();
    }
}
