package io.millrace.app;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import io.millrace.pipeline.plan.TopicPlan;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;

/** Sees to it that a pipeline's topics exist as planned before anything reads or writes them. */
final class Topics {
    private Topics() {}

    /**
     * Makes the topics that are missing.
     *
     * @throws ProblemException where a topic exists with another number of partitions: changing it would break the order of keys
     */
    static void ensure(String bootstrapServers, List<TopicPlan> plans) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Set<String> existing = admin.listTopics().names().get();
            checkPartitions(admin, plans.stream().filter(plan -> existing.contains(plan.name())).toList());
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
