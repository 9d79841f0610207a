package io.millrace.broker.metadata;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.util.Optional;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.server.policy.AlterConfigPolicy;
import org.apache.kafka.server.policy.CreateTopicPolicy;

/**
 * What an operator's own classes forbid, whoever asks for it.
 *
 * @param creation of topics
 * @param alteration of configurations
 */
record Policies(Optional<CreateTopicPolicy> creation, Optional<AlterConfigPolicy> alteration) implements AutoCloseable {
    /** @throws ProblemException YOURS, if a class is not there or does not take its properties */
    static Policies configured(AbstractKafkaConfig config) {
        Optional<CreateTopicPolicy> creation =
                policy(config, ServerLogConfigs.CREATE_TOPIC_POLICY_CLASS_NAME_CONFIG, CreateTopicPolicy.class);
        try {
            return new Policies(
                    creation,
                    policy(config, ServerLogConfigs.ALTER_CONFIG_POLICY_CLASS_NAME_CONFIG, AlterConfigPolicy.class));
        } catch (RuntimeException e) {
            new Policies(creation, Optional.empty()).close();
            throw e;
        }
    }

    private static <T> Optional<T> policy(AbstractKafkaConfig config, String key, Class<T> type) {
        try {
            return Optional.ofNullable(config.getConfiguredInstance(key, type));
        } catch (RuntimeException | LinkageError e) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "broker.policy",
                            key,
                            "The policy '" + config.getClass(key).getName() + "' cannot be used: " + e.getMessage()
                                    + ".",
                            "It must implement " + type.getName() + " and take the broker's properties."),
                    e);
        }
    }

    @Override
    public void close() {
        creation.ifPresent(policy -> Utils.closeQuietly(policy, "policy of creating topics"));
        alteration.ifPresent(policy -> Utils.closeQuietly(policy, "policy of changing configurations"));
    }
}
