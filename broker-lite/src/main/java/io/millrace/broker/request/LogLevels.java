package io.millrace.broker.request;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.LogLevelConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.server.logger.LoggingController;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log levels of this JVM, which an administrator may change until it ends (KIP-412). There are none to change without Log4j. */
final class LogLevels {
    private static final Logger LOG = LoggerFactory.getLogger(LogLevels.class);

    private LogLevels() {}

    static Map<String, String> all() {
        try {
            return LoggingController.loggers();
        } catch (LinkageError e) {
            LOG.atDebug().setCause(e).log("Log levels can be read and changed with Log4j only");
            return Map.of();
        }
    }

    /** Changes levels, all or none of them. */
    static void change(Collection<AlterableConfig> changes, boolean validateOnly) {
        Map<String, String> known = all();
        changes.forEach(change -> validate(change, known));
        if (!validateOnly) {
            changes.forEach(LogLevels::change);
        }
    }

    private static void validate(AlterableConfig change, Map<String, String> known) {
        OpType operation = OpType.forId(change.configOperation());
        if (operation == null) {
            throw new InvalidRequestException("Unknown operation type " + change.configOperation()
                    + " is not allowed for the " + ConfigResource.Type.BROKER_LOGGER + " resource");
        }
        if (operation == OpType.APPEND || operation == OpType.SUBTRACT) {
            throw new InvalidRequestException(
                    operation + " operation is not allowed for the " + ConfigResource.Type.BROKER_LOGGER + " resource");
        }
        String logger = change.name();
        if (!known.containsKey(logger)) {
            throw new InvalidConfigurationException("Logger " + logger + " does not exist!");
        }
        if (operation == OpType.SET && !LogLevelConfig.VALID_LOG_LEVELS.contains(change.value())) {
            List<String> valid =
                    LogLevelConfig.VALID_LOG_LEVELS.stream().sorted().toList();
            throw new InvalidConfigurationException("Cannot set the log level of " + logger + " to " + change.value()
                    + " as it is not a supported log level. Valid log levels are " + String.join(", ", valid));
        }
        if (operation == OpType.DELETE && logger.equals(LoggingController.ROOT_LOGGER)) {
            throw new InvalidRequestException(
                    "Removing the log level of the " + LoggingController.ROOT_LOGGER + " logger is not allowed");
        }
    }

    private static void change(AlterableConfig change) {
        boolean done = OpType.forId(change.configOperation()) == OpType.SET
                ? LoggingController.logLevel(change.name(), change.value())
                : LoggingController.unsetLogLevel(change.name());
        LOG.atInfo()
                .addKeyValue("logger", change.name())
                .addKeyValue("level", change.value())
                .log(done ? "The log level was changed" : "The log level could not be changed");
    }
}
