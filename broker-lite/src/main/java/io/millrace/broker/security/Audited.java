package io.millrace.broker.security;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.network.RequestHandler;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterClientQuotasRequest;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;
import org.apache.kafka.common.requests.AlterUserScramCredentialsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.CreateAclsRequest;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.DeleteAclsRequest;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.UnregisterBrokerRequest;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the audit log under a request handler: administrative requests are written down as they are answered. */
public final class Audited implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Audited.class);
    private static final Set<ApiKeys> ADMINISTRATIVE = EnumSet.of(
            ApiKeys.CREATE_TOPICS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiKeys.CREATE_ACLS,
            ApiKeys.DELETE_ACLS,
            ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
            ApiKeys.ALTER_CLIENT_QUOTAS,
            ApiKeys.DELETE_GROUPS,
            ApiKeys.OFFSET_DELETE,
            ApiKeys.UPDATE_FEATURES,
            ApiKeys.WRITE_TXN_MARKERS,
            ApiKeys.UNREGISTER_BROKER,
            ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
            ApiKeys.ELECT_LEADERS,
            ApiKeys.ALTER_REPLICA_LOG_DIRS);

    private final RequestHandler handler;

    public Audited(RequestHandler handler) {
        this.handler = handler;
    }

    @Override
    public void answered(Exchange exchange, AbstractResponse response) {
        handler.answered(exchange, response);
        if (!ADMINISTRATIVE.contains(exchange.context().header.apiKey())) {
            return;
        }
        try {
            AuditLog.administered(exchange.context(), names(exchange.request()), response.errorCounts());
        } catch (RuntimeException e) {
            // the answer is given all the same
            LOG.atError().setCause(e).log("An administrative request could not be written to the audit log");
        }
    }

    /** What a request is about. Names only: values of configurations and credentials are secrets. */
    private static List<String> names(AbstractRequest request) {
        Stream<String> names = Stream.empty();
        if (request instanceof CreateTopicsRequest r) {
            names = r.data().topics().stream().map(t -> t.name());
        } else if (request instanceof DeleteTopicsRequest r) {
            names = r.topics().stream().map(t -> t.name() == null ? t.topicId().toString() : t.name());
        } else if (request instanceof CreatePartitionsRequest r) {
            names = r.data().topics().stream().map(t -> t.name() + "=" + t.count());
        } else if (request instanceof DeleteRecordsRequest r) {
            names = r.data().topics().stream().map(t -> t.name());
        } else if (request instanceof AlterConfigsRequest r) {
            names = r.configs().keySet().stream().map(c -> c.type() + ":" + c.name());
        } else if (request instanceof IncrementalAlterConfigsRequest r) {
            names = r.data().resources().stream()
                    .flatMap(c -> c.configs().stream().map(v -> c.resourceName() + ":" + v.name()));
        } else if (request instanceof CreateAclsRequest r) {
            names = r.aclCreations().stream()
                    .map(c -> CreateAclsRequest.aclBinding(c).toString());
        } else if (request instanceof DeleteAclsRequest r) {
            names = r.filters().stream().map(Object::toString);
        } else {
            names = namesOfTheCluster(request);
        }
        return names.toList();
    }

    private static Stream<String> namesOfTheCluster(AbstractRequest request) {
        Stream<String> names = Stream.empty();
        if (request instanceof AlterUserScramCredentialsRequest r) {
            names = Stream.concat(
                    r.data().upsertions().stream().map(u -> u.name()),
                    r.data().deletions().stream().map(d -> d.name()));
        } else if (request instanceof AlterClientQuotasRequest r) {
            names = r.entries().stream().map(e -> e.entity().entries().toString());
        } else if (request instanceof DeleteGroupsRequest r) {
            names = r.data().groupsNames().stream();
        } else if (request instanceof OffsetDeleteRequest r) {
            names = Stream.of(r.data().groupId());
        } else if (request instanceof UpdateFeaturesRequest r) {
            names = r.data().featureUpdates().stream().map(f -> f.feature());
        } else if (request instanceof UnregisterBrokerRequest r) {
            names = Stream.of("broker " + r.data().brokerId());
        } else {
            names = namesOfPartitions(request);
        }
        return names;
    }

    private static Stream<String> namesOfPartitions(AbstractRequest request) {
        Stream<String> names = Stream.empty();
        if (request instanceof WriteTxnMarkersRequest r) {
            names = r.markers().stream().map(m -> "producer " + m.producerId() + " " + m.partitions());
        } else if (request instanceof AlterPartitionReassignmentsRequest r) {
            names = r.data().topics().stream()
                    .flatMap(t -> t.partitions().stream().map(p -> t.name() + "-" + p.partitionIndex()));
        } else if (request instanceof ElectLeadersRequest r) {
            // null asks for all
            names = r.data().topicPartitions() == null
                    ? Stream.of("all partitions")
                    : r.data().topicPartitions().stream()
                            .flatMap(t -> t.partitions().stream().map(p -> t.topic() + "-" + p));
        } else if (request instanceof AlterReplicaLogDirsRequest r) {
            names = r.partitionDirs().keySet().stream().map(Object::toString).sorted();
        }
        return names;
    }

    @Override
    public void handle(Exchange exchange) {
        handler.handle(exchange);
    }

    @Override
    public void ended(Exchange exchange, long nanos) {
        handler.ended(exchange, nanos);
    }

    @Override
    public boolean serves(ApiKeys api, short version) {
        return handler.serves(api, version);
    }

    @Override
    public ApiVersionsResponse served(short version) {
        return handler.served(version);
    }

    @Override
    public void disconnected(String connectionId) {
        handler.disconnected(connectionId);
    }
}
