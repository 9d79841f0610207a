package io.millrace.broker.differential;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits for ten seconds and more runs on demand: {@code -Dmillrace.broker.differential=all}. */
class ConsumerDifferentialTest extends DifferentialContract {
    private static final long TIMESTAMP = 1_700_000_000_000L;

    @ParameterizedTest
    @ValueSource(strings = {"Range", "RoundRobin", "Sticky", "CooperativeSticky"})
    void classicGroupsShareTheirPartitions(String assignor) throws Exception {
        String name = "shared-" + assignor;
        bothAnswerAlike(scene -> share(
                scene,
                name,
                Map.of(
                        "partition.assignment.strategy",
                        "org.apache.kafka.clients.consumer." + assignor + "Assignor",
                        "heartbeat.interval.ms",
                        100)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void modernGroupsShareTheirPartitions(String assignor) throws Exception {
        bothAnswerAlike(scene -> share(
                scene, "shared-" + assignor, Map.of("group.protocol", "consumer", "group.remote.assignor", assignor)));
    }

    /** Two members share six partitions, then one leaves and the other has all; then a third one comes. */
    private static void share(Scene scene, String name, Map<String, Object> config) throws Exception {
        scene.topic(name, 6);
        fill(scene, name, 6, 12);
        Map<String, Object> all = new HashMap<>(config);
        all.put("group.id", name);
        List<String> records = new ArrayList<>();
        try (KafkaConsumer<String, String> first = scene.consumer(all)) {
            first.subscribe(List.of(name));
            scene.pollUntil(first, records, () -> first.assignment().size() == 6 && records.size() >= 12);
            try (KafkaConsumer<String, String> second = scene.consumer(all)) {
                second.subscribe(List.of(name));
                together(scene, records, first, second, 3, 3);
                scene.say(
                        "sizes",
                        first.assignment().size() + "+" + second.assignment().size());
            }
            scene.pollUntil(first, records, () -> first.assignment().size() == 6);
            scene.say(
                    "all",
                    new TreeSet<>(
                            first.assignment().stream().map(String::valueOf).toList()));
            first.seekToEnd(List.of());
            first.assignment().forEach(first::position);
            scene.attempt("commit", () -> {
                first.commitSync();
                return "done";
            });
        }
        scene.say("records", new TreeSet<>(records));
        try (KafkaConsumer<String, String> reader = scene.consumer(all)) {
            scene.attempt("committed", () -> sorted(reader.committed(partitions(name, 6))));
        }
    }

    private static void together(
            Scene scene,
            List<String> records,
            KafkaConsumer<String, String> first,
            KafkaConsumer<String, String> second,
            int ofFirst,
            int ofSecond) {
        scene.pollUntil(first, records, () -> {
            second.poll(Duration.ofMillis(20)).forEach(record -> records.add(Scene.show(record)));
            return first.assignment().size() == ofFirst && second.assignment().size() == ofSecond;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void staticMembersComeBackAndAreFenced(String protocol) throws Exception {
        bothAnswerAlike(scene -> {
            String name = "static-" + protocol;
            scene.topic(name, 2);
            fill(scene, name, 2, 4);
            Map<String, Object> config =
                    new HashMap<>(Map.of("group.id", name, "group.protocol", protocol, "group.instance.id", "one"));
            if (protocol.equals("classic")) {
                config.put("heartbeat.interval.ms", 100);
            }
            List<String> records = new ArrayList<>();
            for (int life = 0; life < 2; life++) {
                try (KafkaConsumer<String, String> member = scene.consumer(config)) {
                    member.subscribe(List.of(name));
                    scene.pollUntil(member, records, () -> member.assignment().size() == 2);
                    scene.say("instance", member.groupMetadata().groupInstanceId());
                }
            }
            try (KafkaConsumer<String, String> member = scene.consumer(config);
                    KafkaConsumer<String, String> twin = scene.consumer(config)) {
                member.subscribe(List.of(name));
                scene.pollUntil(member, records, () -> member.assignment().size() == 2);
                twin.subscribe(List.of(name));
                // the classic protocol sends the former one away, the other one refuses the latter
                boolean classic = protocol.equals("classic");
                scene.attempt(classic ? "the former one" : "the latter one", () -> {
                    if (classic) {
                        scene.pollUntil(twin, records, () -> twin.assignment().size() == 2);
                    }
                    scene.pollUntil(classic ? member : twin, records, () -> false);
                    return "lives";
                });
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void patternsFindTopics(String protocol) throws Exception {
        bothAnswerAlike(scene -> {
            String name = "pattern-" + protocol;
            scene.topic(name + "-a", 1);
            scene.topic(name + "-b", 2);
            scene.topic("other-" + protocol, 1);
            try (KafkaConsumer<String, String> consumer = pattern(scene, name, protocol)) {
                assigned(scene, consumer, 3);
            }
        });
    }

    /** The modern protocol looks for new topics of a pattern every ten seconds at most. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    @EnabledIfSystemProperty(named = "millrace.broker.differential", matches = "all")
    void patternsFindTopicsThatAreMadeLater(String protocol) throws Exception {
        bothAnswerAlike(scene -> {
            String name = "later-" + protocol;
            scene.topic(name + "-a", 1);
            try (KafkaConsumer<String, String> consumer = pattern(scene, name, protocol)) {
                assigned(scene, consumer, 1);
                scene.topic(name + "-b", 2);
                assigned(scene, consumer, 3);
            }
        });
    }

    private static KafkaConsumer<String, String> pattern(Scene scene, String name, String protocol) {
        KafkaConsumer<String, String> consumer =
                scene.consumer(Map.of("group.id", name, "group.protocol", protocol, "metadata.max.age.ms", 500));
        if (protocol.equals("consumer")) {
            consumer.subscribe(new SubscriptionPattern(name + "-.*"));
        } else {
            consumer.subscribe(Pattern.compile(name + "-.*"));
        }
        return consumer;
    }

    private static void assigned(Scene scene, KafkaConsumer<String, String> consumer, int count) {
        scene.pollUntil(consumer, new ArrayList<>(), () -> consumer.assignment().size() == count);
        scene.say(
                "assigned",
                new TreeSet<>(
                        consumer.assignment().stream().map(String::valueOf).toList()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(*", "[a-", "a{2,1}", "(?=a)", "(a)\\1"})
    void patternsThatRe2DoesNotKnowAreRefused(String pattern) throws Exception {
        bothAnswerAlike(scene -> {
            try (KafkaConsumer<String, String> consumer =
                    scene.consumer(Map.of("group.id", "bad-pattern", "group.protocol", "consumer"))) {
                consumer.subscribe(new SubscriptionPattern(pattern));
                scene.attempt("pattern " + pattern, () -> {
                    scene.pollUntil(consumer, new ArrayList<>(), () -> false);
                    return "none";
                });
            }
        });
    }

    @Test
    void offsetsByPositionAndTime() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("times", 1);
            fill(scene, "times", 1, 20);
            TopicPartition tp = new TopicPartition("times", 0);
            try (KafkaConsumer<String, String> consumer = scene.consumer(Map.of())) {
                consumer.assign(List.of(tp));
                scene.say("beginning", consumer.beginningOffsets(List.of(tp)));
                scene.say("end", consumer.endOffsets(List.of(tp)));
                for (long time : new long[] {0, TIMESTAMP + 5, TIMESTAMP + 19, TIMESTAMP + 20}) {
                    scene.say("time " + time, consumer.offsetsForTimes(Map.of(tp, time)));
                }
                consumer.seek(tp, 15);
                List<String> records = new ArrayList<>();
                scene.pollUntil(consumer, records, () -> consumer.position(tp) == 20);
                scene.say("from 15", records);
                scene.say("lag", consumer.currentLag(tp));
                scene.attempt(
                        "unknown",
                        () -> consumer.endOffsets(List.of(new TopicPartition("times", 7)), Duration.ofMillis(500)));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest", "latest", "none"})
    void positionsOutOfRangeAreReset(String policy) throws Exception {
        reset(policy);
    }

    @Test
    void positionsOutOfRangeAreResetByTime() throws Exception {
        // twenty years are enough for the records' time
        reset("by_duration:P7300D");
    }

    /** The client asks on until its patience ends. */
    @Test
    void positionsAreNotResetToATimeThatNoRecordHas() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("too-old", 1);
            fill(scene, "too-old", 1, 5);
            TopicPartition tp = new TopicPartition("too-old", 0);
            try (KafkaConsumer<String, String> consumer =
                    scene.consumer(Map.of("auto.offset.reset", "by_duration:PT1H", "group.id", "too-old"))) {
                consumer.assign(List.of(tp));
                scene.attempt("position", () -> consumer.position(tp, Duration.ofSeconds(1)));
            }
        });
    }

    private void reset(String policy) throws Exception {
        bothAnswerAlike(scene -> {
            String name = "reset-" + policy.replace(':', '-');
            scene.topic(name, 1);
            fill(scene, name, 1, 5);
            TopicPartition tp = new TopicPartition(name, 0);
            try (KafkaConsumer<String, String> consumer = scene.consumer(Map.of("auto.offset.reset", policy))) {
                consumer.assign(List.of(tp));
                consumer.seek(tp, 100);
                scene.attempt(policy, () -> {
                    List<String> records = new ArrayList<>();
                    scene.pollUntil(consumer, records, () -> consumer.position(tp) <= 5);
                    return consumer.position(tp) >= 0 ? "reset" : records;
                });
            }
            try (KafkaConsumer<String, String> consumer =
                    scene.consumer(Map.of("auto.offset.reset", policy, "group.id", name))) {
                consumer.assign(List.of(tp));
                scene.attempt("without a commit", () -> consumer.position(tp));
            }
        });
    }

    @Test
    void commitsOfWhatIsNotThere() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("committing", 1);
            TopicPartition there = new TopicPartition("committing", 0);
            TopicPartition beyond = new TopicPartition("committing", 5);
            TopicPartition unknown = new TopicPartition("no-such-topic", 0);
            for (String protocol : List.of("classic", "consumer")) {
                try (KafkaConsumer<String, String> consumer =
                        scene.consumer(Map.of("group.id", "committing-" + protocol, "group.protocol", protocol))) {
                    Duration patience = Duration.ofSeconds(1);
                    consumer.assign(List.of(there));
                    for (TopicPartition tp : List.of(there, beyond, unknown)) {
                        scene.attempt("commit " + tp, () -> {
                            consumer.commitSync(Map.of(tp, new OffsetAndMetadata(3, "note")), patience);
                            return "done";
                        });
                    }
                    scene.attempt("large note", () -> {
                        consumer.commitSync(Map.of(there, new OffsetAndMetadata(4, "x".repeat(5_000))), patience);
                        return "done";
                    });
                    scene.attempt(
                            "committed", () -> sorted(consumer.committed(Set.of(there, beyond, unknown), patience)));
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void membersThatFallSilentLoseTheirPartitions(String protocol) throws Exception {
        bothAnswerAlike(scene -> {
            String name = "silent-" + protocol;
            scene.topic(name, 2);
            Map<String, Object> config =
                    new HashMap<>(Map.of("group.id", name, "group.protocol", protocol, "max.poll.interval.ms", 1_000));
            if (protocol.equals("classic")) {
                config.putAll(Map.of("session.timeout.ms", 1_000, "heartbeat.interval.ms", 200));
            }
            try (KafkaConsumer<String, String> silent = scene.consumer(config);
                    KafkaConsumer<String, String> other = scene.consumer(config)) {
                silent.subscribe(List.of(name));
                scene.pollUntil(
                        silent, new ArrayList<>(), () -> silent.assignment().size() == 2);
                other.subscribe(List.of(name));
                scene.pollUntil(
                        other, new ArrayList<>(), () -> other.assignment().size() == 2);
                scene.attempt("the silent one commits", () -> {
                    silent.commitSync(Map.of(new TopicPartition(name, 0), new OffsetAndMetadata(1)));
                    return "done";
                });
            }
        });
    }

    private static String sorted(Map<TopicPartition, OffsetAndMetadata> offsets) {
        return new java.util.TreeMap<>(offsets.entrySet().stream()
                        .collect(Collectors.toMap(e -> e.getKey().toString(), e -> String.valueOf(e.getValue()))))
                .toString();
    }

    private static Set<TopicPartition> partitions(String topic, int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> new TopicPartition(topic, i))
                .collect(Collectors.toSet());
    }

    private static void fill(Scene scene, String topic, int partitions, int count) throws Exception {
        try (KafkaProducer<String, String> producer = scene.producer(Map.of())) {
            for (int i = 0; i < count; i++) {
                producer.send(Scene.record(topic, i % partitions, TIMESTAMP + i, "v" + i))
                        .get(20, TimeUnit.SECONDS);
            }
        }
    }
}
