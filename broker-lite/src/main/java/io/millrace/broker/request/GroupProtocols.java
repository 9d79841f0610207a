package io.millrace.broker.request;

import java.util.Map;
import org.apache.kafka.coordinator.group.Group;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.server.common.GroupVersion;
import org.apache.kafka.server.common.StreamsVersion;

/** Which protocols groups may use: what the configuration names and the cluster's features allow. */
final class GroupProtocols {
    private final Services services;

    GroupProtocols(Services services) {
        this.services = services;
    }

    boolean consumers() {
        return named(Group.GroupType.CONSUMER)
                && GroupVersion.fromFeatureLevel(features().getOrDefault(GroupVersion.FEATURE_NAME, (short) 0))
                        .isConsumerRebalanceProtocolSupported();
    }

    boolean streams() {
        return named(Group.GroupType.STREAMS)
                && StreamsVersion.fromFeatureLevel(features().getOrDefault(StreamsVersion.FEATURE_NAME, (short) 0))
                        .streamsGroupSupported();
    }

    private boolean named(Group.GroupType type) {
        return services.config().getList(GroupCoordinatorConfig.GROUP_COORDINATOR_REBALANCE_PROTOCOLS_CONFIG).stream()
                .anyMatch(name -> name.equalsIgnoreCase(type.name()));
    }

    private Map<String, Short> features() {
        return services.metadata().cache().features().finalizedFeatures();
    }
}
