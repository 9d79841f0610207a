package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.EndpointType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.image.MetadataProvenance;

/** What the cluster and its quorum consist of: this node. */
final class ClusterApis {
    private static final short CAUGHT_UP_SINCE = 1;
    private static final short NODES_SINCE = 2;

    private final Services services;

    ClusterApis(Services services) {
        this.services = services;
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(ApiKeys.DESCRIBE_CLUSTER, this::cluster, ApiKeys.DESCRIBE_QUORUM, this::quorum);
    }

    private void cluster(Exchange exchange) {
        DescribeClusterRequest request = exchange.request(DescribeClusterRequest.class);
        byte asked = request.data().endpointType();
        boolean old = exchange.context().apiVersion() == 0;
        if (asked == EndpointType.BROKER.id()) {
            exchange.answer(new DescribeClusterResponse(cluster(exchange, request)));
        } else if (asked == EndpointType.CONTROLLER.id()) {
            refuse(
                    exchange,
                    old ? Errors.INVALID_REQUEST : Errors.MISMATCHED_ENDPOINT_TYPE,
                    "The request was sent to an endpoint of type " + EndpointType.BROKER
                            + ", but we wanted an endpoint of type " + EndpointType.CONTROLLER);
        } else {
            refuse(
                    exchange,
                    old ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_ENDPOINT_TYPE,
                    "Unsupported endpoint type " + asked);
        }
    }

    private static void refuse(Exchange exchange, Errors error, String message) {
        exchange.answer(new DescribeClusterResponse(
                new DescribeClusterResponseData().setErrorCode(error.code()).setErrorMessage(message)));
    }

    private DescribeClusterResponseData cluster(Exchange exchange, DescribeClusterRequest request) {
        DescribeClusterResponseData response = new DescribeClusterResponseData()
                .setClusterId(services.metadata().identity().clusterId())
                .setControllerId(services.metadata().identity().nodeId())
                .setEndpointType(EndpointType.BROKER.id());
        if (request.data().includeClusterAuthorizedOperations()) {
            boolean allowed = services.access()
                    .allowed(exchange.context(), AclOperation.DESCRIBE, ResourceType.CLUSTER, Resource.CLUSTER_NAME);
            response.setClusterAuthorizedOperations(
                    allowed ? services.access().operations(exchange.context(), Resource.CLUSTER) : 0);
        }
        for (Node node : services.metadata().cache().getBrokerNodes(exchange.context().listenerName)) {
            if (!node.isFenced() || request.data().includeFencedBrokers()) {
                response.brokers()
                        .add(new DescribeClusterBroker()
                                .setBrokerId(node.id())
                                .setHost(node.host())
                                .setPort(node.port())
                                .setRack(node.rack())
                                .setIsFenced(node.isFenced()));
            }
        }
        return response;
    }

    private void quorum(Exchange exchange) {
        services.access().requireCluster(exchange.context(), AclOperation.DESCRIBE);
        DescribeQuorumRequestData request =
                exchange.request(DescribeQuorumRequest.class).data();
        boolean metadata = request.topics().size() == 1
                && request.topics().get(0).topicName().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                && request.topics().get(0).partitions().size() == 1
                && request.topics().get(0).partitions().get(0).partitionIndex() == 0;
        exchange.answer(new DescribeQuorumResponse(
                metadata
                        ? quorum(exchange.context().apiVersion())
                        : DescribeQuorumRequest.getPartitionLevelErrorResponse(
                                request, Errors.UNKNOWN_TOPIC_OR_PARTITION)));
    }

    /** The node is the quorum: its only voter, its leader, and never behind. */
    private DescribeQuorumResponseData quorum(short version) {
        int nodeId = services.metadata().identity().nodeId();
        MetadataProvenance now = services.metadata().image().provenance();
        long end = now.lastContainedOffset() + 1;
        ReplicaState self = new ReplicaState().setReplicaId(nodeId).setLogEndOffset(end);
        if (version >= CAUGHT_UP_SINCE) {
            long millis = services.time().milliseconds();
            self.setLastFetchTimestamp(millis).setLastCaughtUpTimestamp(millis);
        }
        DescribeQuorumResponseData response = new DescribeQuorumResponseData()
                .setTopics(List.of(new DescribeQuorumResponseData.TopicData()
                        .setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME)
                        .setPartitions(List.of(new DescribeQuorumResponseData.PartitionData()
                                .setLeaderId(nodeId)
                                .setLeaderEpoch(now.lastContainedEpoch())
                                .setHighWatermark(end)
                                .setCurrentVoters(List.of(self))))));
        if (version >= NODES_SINCE) {
            response.nodes().add(new DescribeQuorumResponseData.Node().setNodeId(nodeId));
        }
        return response;
    }
}
