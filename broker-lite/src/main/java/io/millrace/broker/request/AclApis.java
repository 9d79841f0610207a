package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreateAclsRequest;
import org.apache.kafka.common.requests.CreateAclsResponse;
import org.apache.kafka.common.requests.DeleteAclsRequest;
import org.apache.kafka.common.requests.DeleteAclsResponse;
import org.apache.kafka.common.requests.DescribeAclsRequest;
import org.apache.kafka.common.requests.DescribeAclsResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.AclCreateResult;
import org.apache.kafka.server.authorizer.AclDeleteResult;
import org.apache.kafka.server.authorizer.Authorizer;

/** Who may do what: told and changed through the authorizer. */
final class AclApis {
    private final Services services;

    AclApis(Services services) {
        this.services = services;
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.DESCRIBE_ACLS, this::describe,
                ApiKeys.CREATE_ACLS, this::create,
                ApiKeys.DELETE_ACLS, this::delete);
    }

    private void describe(Exchange exchange) {
        services.access().requireCluster(exchange.context(), AclOperation.DESCRIBE);
        DescribeAclsRequest request = exchange.request(DescribeAclsRequest.class);
        Optional<Authorizer> authorizer = services.access().authorizer();
        DescribeAclsResponseData response = new DescribeAclsResponseData();
        if (authorizer.isEmpty()) {
            response.setErrorCode(Errors.SECURITY_DISABLED.code())
                    .setErrorMessage("No Authorizer is configured on the broker");
        } else {
            response.setResources(
                    DescribeAclsResponse.aclsResources(authorizer.get().acls(request.filter())));
        }
        exchange.answer(new DescribeAclsResponse(response, request.version()));
    }

    private Authorizer authorizer() {
        return services.access()
                .authorizer()
                .orElseThrow(() -> new SecurityDisabledException("No Authorizer is configured."));
    }

    private void create(Exchange exchange) {
        services.access().requireCluster(exchange.context(), AclOperation.ALTER);
        Authorizer authorizer = authorizer();
        List<AclBinding> asked = exchange.request(CreateAclsRequest.class).aclCreations().stream()
                .map(CreateAclsRequest::aclBinding)
                .toList();
        List<AclBinding> possible =
                asked.stream().filter(acl -> fault(acl.pattern()).isEmpty()).toList();
        List<? extends CompletionStage<AclCreateResult>> created = authorizer.createAcls(exchange.context(), possible);
        Replies.reply(exchange, all(created), results -> {
            Iterator<AclCreateResult> next = results.iterator();
            CreateAclsResponseData response = new CreateAclsResponseData();
            for (AclBinding acl : asked) {
                Optional<? extends Throwable> fault = fault(acl.pattern());
                response.results()
                        .add(result(fault.isPresent() ? fault : next.next().exception()));
            }
            return new CreateAclsResponse(response);
        });
    }

    private static Optional<InvalidRequestException> fault(ResourcePattern resource) {
        if (resource.resourceType() == ResourceType.CLUSTER && !resource.name().equals(Resource.CLUSTER_NAME)) {
            return Optional.of(new InvalidRequestException(
                    "The only valid name for the CLUSTER resource is " + Resource.CLUSTER_NAME));
        }
        return resource.name().isEmpty()
                ? Optional.of(new InvalidRequestException("Invalid empty resource name"))
                : Optional.empty();
    }

    private static AclCreationResult result(Optional<? extends Throwable> failure) {
        AclCreationResult result = new AclCreationResult();
        failure.map(ApiError::fromThrowable)
                .ifPresent(error -> result.setErrorCode(error.error().code()).setErrorMessage(error.message()));
        return result;
    }

    private void delete(Exchange exchange) {
        services.access().requireCluster(exchange.context(), AclOperation.ALTER);
        DeleteAclsRequest request = exchange.request(DeleteAclsRequest.class);
        List<? extends CompletionStage<AclDeleteResult>> deleted =
                authorizer().deleteAcls(exchange.context(), request.filters());
        Replies.reply(
                exchange,
                all(deleted),
                results -> new DeleteAclsResponse(
                        new DeleteAclsResponseData()
                                .setFilterResults(results.stream()
                                        .map(DeleteAclsResponse::filterResult)
                                        .toList()),
                        request.version()));
    }

    private static <T> CompletableFuture<List<T>> all(List<? extends CompletionStage<T>> stages) {
        CompletableFuture<List<T>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (CompletionStage<T> stage : stages) {
            all = all.thenCombine(stage, (done, next) -> {
                done.add(next);
                return done;
            });
        }
        return all;
    }
}
