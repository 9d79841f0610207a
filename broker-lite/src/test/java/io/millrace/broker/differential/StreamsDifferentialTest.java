package io.millrace.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Brokers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Streams application cannot tell which broker it runs on. */
class StreamsDifferentialTest extends DifferentialContract {
    private static final int SESSION_MILLIS = 1_000;

    @TempDir
    Path states;

    @ParameterizedTest
    @CsvSource({
        "classic, at_least_once",
        "classic, exactly_once_v2",
        "streams, at_least_once",
        "streams, exactly_once_v2",
    })
    void anApplicationScalesAndIsReset(String protocol, String guarantee) throws Exception {
        String application = protocol + "-" + guarantee.replace('_', '-');
        bothAnswerAlike(scene -> {
            try (StreamsScene data = new StreamsScene(scene, application);
                    StreamsGroups groups = new StreamsGroups(scene, application, protocol)) {
                data.sendTable();
                data.sendBatch();
                int sent = scales(scene, data, groups, protocol, guarantee, application);
                sayRest(scene, groups, application, guarantee);
                reset(scene, data, groups, protocol, guarantee, application, sent);
            }
        });
    }

    private int scales(
            Scene scene, StreamsScene data, StreamsGroups groups, String protocol, String guarantee, String application)
            throws Exception {
        int sent = StreamsScene.BATCH;
        try (StreamsApplication first = instance(scene, application, "1", config(protocol, guarantee, "one"))) {
            data.awaitOutputs(sent);
            data.awaitBalance(List.of(first));
            say(scene, groups, "with one");
            scene.attempt("internal topics", groups::internalTopics);
            scene.attempt("described wrongly", groups::describeWrongly);
            scene.attempt("group deleted too early", groups::deleteGroup);
            for (int round = 0; round < 2; round++) {
                try (StreamsApplication second =
                        instance(scene, application, "2", config(protocol, guarantee, "two"))) {
                    data.awaitBalance(List.of(first, second));
                    say(scene, groups, "with two");
                    data.sendBatch();
                    sent += StreamsScene.BATCH;
                    data.awaitOutputs(sent);
                }
            }
            data.awaitBalance(List.of(first));
            say(scene, groups, "with one again");
            data.sendBatch();
            sent += StreamsScene.BATCH;
            data.awaitOutputs(sent);
        }
        data.sayOutputs();
        return sent;
    }

    /** A group is told stable a heartbeat after its members have their tasks, and after an election its topics are known with the next one. */
    private static void say(Scene scene, StreamsGroups groups, String when) throws Exception {
        StreamsScene.await("a stable group", groups::describe, () -> {
            String group = groups.describe();
            return group.contains(" Stable ") && !group.contains("partitions=0");
        });
        scene.attempt(when, groups::describe);
        scene.attempt("listed " + when, groups::listed);
    }

    /** What is left when all instances have gone. */
    private static void sayRest(Scene scene, StreamsGroups groups, String application, String guarantee) {
        scene.attempt("left", groups::describe);
        scene.attempt("listed when left", groups::listed);
        scene.attempt("offsets of inputs", () -> groups.offsets(application + "."));
        if (guarantee.equals("at_least_once")) {
            // else it depends on how many transactions there were
            scene.attempt("offsets of repartitioned", () -> groups.offsets(application + "-"));
            scene.attempt("ends of changelogs", groups::changelogEnds);
        }
    }

    private void reset(
            Scene scene,
            StreamsScene data,
            StreamsGroups groups,
            String protocol,
            String guarantee,
            String application,
            int sent)
            throws Exception {
        scene.attempt("internal topics", groups::deleteInternalTopics);
        scene.attempt("offsets", groups::deleteOffsets);
        scene.attempt("offsets then", () -> groups.offsets(application));
        try (StreamsApplication fresh = instance(scene, application, "3", config(protocol, guarantee, "three"))) {
            data.awaitOutputs(sent);
            data.awaitBalance(List.of(fresh));
            scene.attempt("internal topics again", groups::internalTopics);
        }
        data.sayOutputs();
        sayRest(scene, groups, application, guarantee);
        scene.attempt("group deleted", groups::deleteGroup);
        scene.attempt("listed then", groups::listed);
        scene.attempt("deleted again", groups::deleteGroup);
    }

    @ParameterizedTest
    @CsvSource({"classic, exactly_once_v2", "streams, exactly_once_v2", "streams, at_least_once"})
    @EnabledIfSystemProperty(named = "millrace.broker.differential", matches = "all")
    void anInstanceThatVanishesIsMissed(String protocol, String guarantee) throws Exception {
        String application = protocol + "-vanishing-" + guarantee.replace('_', '-');
        bothAnswerAlike(scene -> {
            try (StreamsScene data = new StreamsScene(scene, application);
                    StreamsGroups groups = new StreamsGroups(scene, application, protocol)) {
                groups.sessions(SESSION_MILLIS);
                data.sendTable();
                data.sendBatch();
                Map<String, Object> config = new HashMap<>(config(protocol, guarantee, "one"));
                if (protocol.equals("classic")) {
                    config.put(StreamsConfig.consumerPrefix("session.timeout.ms"), SESSION_MILLIS);
                }
                try (StreamsApplication first = instance(scene, application, "1", config)) {
                    for (int round = 0; round < 3; round++) {
                        StreamsApplication second = instance(scene, application, "2", config);
                        data.awaitBalance(List.of(first, second));
                        say(scene, groups, "with two");
                        second.vanish();
                        data.sendBatch();
                        data.awaitBalance(List.of(first));
                        say(scene, groups, "with one");
                    }
                    data.awaitOutputs(4 * StreamsScene.BATCH);
                }
                data.sayOutputs();
                sayRest(scene, groups, application, guarantee);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void anApplicationWithoutItsSourceEnds(String protocol) throws Exception {
        String application = protocol + "-without-source";
        bothAnswerAlike(scene -> {
            scene.topic(application + ".table", 2);
            try (StreamsApplication instance =
                    instance(scene, application, "1", config(protocol, "exactly_once_v2", "one"))) {
                scene.attempt("ended by", instance::failure);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void anApplicationWhoseInternalTopicHasOtherPartitionsEnds(String protocol) throws Exception {
        String application = protocol + "-other-partitions";
        bothAnswerAlike(scene -> {
            try (StreamsScene data = new StreamsScene(scene, application)) {
                scene.topic(application + "-by-value-repartition", StreamsScene.PARTITIONS + 1);
                data.sendBatch();
                try (StreamsApplication instance =
                        instance(scene, application, "1", config(protocol, "at_least_once", "one"))) {
                    scene.attempt("ended by", instance::failure);
                }
            }
        });
    }

    @Test
    void aHeartbeatSaysWhichTopicsAreMissingAndWhyTheyCannotBeMade() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("source", 2);
            try (StreamsMember member = new StreamsMember(scene.bootstrapServers(), "sourceless")) {
                scene.say("no source", member.join("nowhere", "sourceless-changelog", 1));
            }
            try (StreamsMember member = new StreamsMember(scene.bootstrapServers(), "replicas")) {
                member.join("source", "replicas-changelog", 3);
                scene.say("three replicas", member.heartbeatUntil("Creation failed"));
            }
            try (Admin admin = scene.admin()) {
                scene.say("made", admin.listTopics().names().get().contains("replicas-changelog"));
            }
        });
    }

    @Test
    void aWishForMoreReplicasOfAnInternalTopicIsMetWithOne() throws Exception {
        try (Brokers.Running broker = Brokers.start(states, "light");
                StreamsMember member = new StreamsMember(broker.bootstrapServers(), "clamped")) {
            Scene scene = new Scene(broker.bootstrapServers());
            scene.topic("source", 2);
            try (Admin admin = scene.admin()) {
                assertThat(member.join("source", "clamped-changelog", 3)).contains("Internal topics are missing");
                StreamsScene.await(
                        "the topic",
                        () -> "none",
                        () -> admin.listTopics().names().get().contains("clamped-changelog"));
                assertThat(admin.describeTopics(List.of("clamped-changelog"))
                                .allTopicNames()
                                .get()
                                .get("clamped-changelog")
                                .partitions())
                        .hasSize(2)
                        .allMatch(partition -> partition.replicas().size() == 1);
            }
        }
    }

    private StreamsApplication instance(Scene scene, String application, String name, Map<String, Object> config) {
        Path state = states.resolve(scene.bootstrapServers().replace(':', '-')).resolve(name);
        return StreamsApplication.start(scene, application, state, config);
    }

    private static Map<String, Object> config(String protocol, String guarantee, String client) {
        return Map.of(
                StreamsConfig.GROUP_PROTOCOL_CONFIG,
                protocol,
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                guarantee,
                StreamsConfig.CLIENT_ID_CONFIG,
                client);
    }
}
