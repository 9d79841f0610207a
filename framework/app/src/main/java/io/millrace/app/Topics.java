package io.millrace.app;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import io.millrace.pipeline.plan.TopicPlan;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/** Sees to it that a pipeline's topics exist as planned before anything reads or writes them. */
final class Topics {
    private Topics() {}

    /**
     * Makes the topics that are missing, and gives those that exist the settings that the pipeline has now.
     *
     * @throws ProblemException where a topic exists with another number of partitions: changing it would break the order of keys
     */
    static void ensure(String bootstrapServers, List<TopicPlan> plans) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Set<String> existing = admin.listTopics().names().get();
            List<TopicPlan> there = plans.stream()
                    .filter(plan -> existing.contains(plan.name()))
                    .toList();
            checkPartitions(admin, there);
            configure(admin, there);
            admin.createTopics(plans.stream()
                            .filter(plan -> !existing.contains(plan.name()))
                            .map(plan -> new NewTopic(plan.name(), plan.partitions(), plan.replication())
                                    .configs(plan.config()))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "run.topics",
                            bootstrapServers,
                            "The topics cannot be made: " + e.getCause() + ".",
                            "Check the broker and the rights of this user on it."),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ExitCode.ENVIRONMENT, List.of());
        }
    }

    /** Only what differs: a cluster may not let everybody change settings. */
    private static void configure(Admin admin, List<TopicPlan> plans) throws ExecutionException, InterruptedException {
        Map<ConfigResource, TopicPlan> resources = plans.stream()
                .collect(Collectors.toMap(
                        plan -> new ConfigResource(ConfigResource.Type.TOPIC, plan.name()), Function.identity()));
        Map<ConfigResource, Config> found =
                admin.describeConfigs(resources.keySet()).all().get();
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        resources.forEach((resource, plan) -> {
            Config config = Objects.requireNonNull(found.get(resource));
            List<AlterConfigOp> differing = plan.config().entrySet().stream()
                    .filter(entry -> !entry.getValue().equals(value(config, entry.getKey())))
                    .map(entry -> new AlterConfigOp(
                            new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET))
                    .toList();
            if (!differing.isEmpty()) {
                changes.put(resource, differing);
            }
        });
        if (!changes.isEmpty()) {
            admin.incrementalAlterConfigs(changes).all().get();
        }
    }

    private static @Nullable String value(Config config, String name) {
        ConfigEntry entry = config.get(name);
        return entry == null ? null : entry.value();
    }

    private static void checkPartitions(Admin admin, List<TopicPlan> plans)
            throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> found = admin.describeTopics(
                        plans.stream().map(TopicPlan::name).collect(Collectors.toSet()))
                .allTopicNames()
                .get();
        Problems problems = new Problems();
        for (TopicPlan plan : plans) {
            int partitions =
                    Objects.requireNonNull(found.get(plan.name())).partitions().size();
            if (partitions != plan.partitions()) {
                problems.error(
                        "run.topic-partitions",
                        plan.name(),
                        "The topic has " + partitions + " partitions, the pipeline says " + plan.partitions() + ".",
                        "Write 'partitions: " + partitions
                                + "' under defaults.topic, or begin with an empty data folder: a key keeps its order only"
                                + " while the number stays.");
            }
        }
        problems.throwIfErrors(ExitCode.YOURS);
    }
}
