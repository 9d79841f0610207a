package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterClientQuotasRequest;
import org.apache.kafka.common.requests.AlterClientQuotasResponse;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.AlterUserScramCredentialsRequest;
import org.apache.kafka.common.requests.AlterUserScramCredentialsResponse;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.apache.kafka.common.requests.DescribeClientQuotasResponse;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsRequest;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsResponse;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.UnregisterBrokerRequest;
import org.apache.kafka.common.requests.UnregisterBrokerResponse;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.controller.Controller;
import org.apache.kafka.controller.ControllerRequestContext;

/**
 * What the controller answers as it is: quotas (kept, told, and not enforced), credentials, features, leaders, replicas. None of it moves
 * anything on a node that is alone.
 */
final class ControllerApis {
    private final Services services;
    private final Controller controller;

    ControllerApis(Services services) {
        this.services = services;
        this.controller = services.metadata().controller();
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.DESCRIBE_CLIENT_QUOTAS, this::describeQuotas,
                ApiKeys.ALTER_CLIENT_QUOTAS, this::alterQuotas,
                ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, this::describeCredentials,
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, this::alterCredentials,
                ApiKeys.UPDATE_FEATURES, this::updateFeatures,
                ApiKeys.ELECT_LEADERS, this::electLeaders,
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS, this::alterReassignments,
                ApiKeys.LIST_PARTITION_REASSIGNMENTS, this::listReassignments,
                ApiKeys.UNREGISTER_BROKER, this::unregister);
    }

    private static ControllerRequestContext sender(Exchange exchange) {
        return new ControllerRequestContext(
                exchange.context().header.data(), exchange.context().principal, OptionalLong.empty());
    }

    private ControllerRequestContext sender(Exchange exchange, int timeoutMillis) {
        return TopicApis.context(services, exchange.context(), timeoutMillis);
    }

    private void require(Exchange exchange, AclOperation operation) {
        services.access().requireCluster(exchange.context(), operation);
    }

    private void requireQuietly(Exchange exchange, AclOperation operation) {
        if (!services.access().allowed(exchange.context(), operation, ResourceType.CLUSTER, Resource.CLUSTER_NAME)) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
    }

    private void describeQuotas(Exchange exchange) {
        requireQuietly(exchange, AclOperation.DESCRIBE_CONFIGS);
        exchange.answer(new DescribeClientQuotasResponse(services.metadata()
                .cache()
                .describeClientQuotas(
                        exchange.request(DescribeClientQuotasRequest.class).data())));
    }

    private void alterQuotas(Exchange exchange) {
        require(exchange, AclOperation.ALTER_CONFIGS);
        AlterClientQuotasRequest request = exchange.request(AlterClientQuotasRequest.class);
        Replies.reply(
                exchange,
                controller.alterClientQuotas(sender(exchange), request.entries(), request.validateOnly()),
                results -> AlterClientQuotasResponse.fromQuotaEntities(results, 0));
    }

    private void describeCredentials(Exchange exchange) {
        requireQuietly(exchange, AclOperation.DESCRIBE);
        exchange.answer(new DescribeUserScramCredentialsResponse(services.metadata()
                .cache()
                .describeScramCredentials(exchange.request(DescribeUserScramCredentialsRequest.class)
                        .data())));
    }

    private void alterCredentials(Exchange exchange) {
        require(exchange, AclOperation.ALTER);
        Replies.reply(
                exchange,
                controller.alterUserScramCredentials(
                        sender(exchange),
                        exchange.request(AlterUserScramCredentialsRequest.class).data()),
                AlterUserScramCredentialsResponse::new);
    }

    private void updateFeatures(Exchange exchange) {
        require(exchange, AclOperation.ALTER);
        Replies.reply(
                exchange,
                controller.updateFeatures(
                        sender(exchange),
                        exchange.request(UpdateFeaturesRequest.class).data()),
                UpdateFeaturesResponse::new);
    }

    private void electLeaders(Exchange exchange) {
        require(exchange, AclOperation.ALTER);
        ElectLeadersRequest request = exchange.request(ElectLeadersRequest.class);
        Replies.reply(
                exchange,
                controller.electLeaders(sender(exchange, request.data().timeoutMs()), request.data()),
                ElectLeadersResponse::new);
    }

    private void alterReassignments(Exchange exchange) {
        require(exchange, AclOperation.ALTER);
        AlterPartitionReassignmentsRequest request = exchange.request(AlterPartitionReassignmentsRequest.class);
        Replies.reply(
                exchange,
                controller.alterPartitionReassignments(
                        sender(exchange, request.data().timeoutMs()), request.data()),
                AlterPartitionReassignmentsResponse::new);
    }

    private void listReassignments(Exchange exchange) {
        require(exchange, AclOperation.DESCRIBE);
        Replies.reply(
                exchange,
                controller.listPartitionReassignments(
                        sender(exchange),
                        exchange.request(ListPartitionReassignmentsRequest.class)
                                .data()),
                ListPartitionReassignmentsResponse::new);
    }

    /** A cluster that loses its only node would have no leader for any partition, and nobody to become one. */
    private void unregister(Exchange exchange) {
        require(exchange, AclOperation.ALTER);
        int broker = exchange.request(UnregisterBrokerRequest.class).data().brokerId();
        if (broker == services.metadata().identity().nodeId()) {
            throw new InvalidRequestException("Broker " + broker + " is the only one and cannot be unregistered.");
        }
        Replies.reply(
                exchange,
                controller.unregisterBroker(sender(exchange), broker),
                done -> new UnregisterBrokerResponse(new UnregisterBrokerResponseData()));
    }
}
