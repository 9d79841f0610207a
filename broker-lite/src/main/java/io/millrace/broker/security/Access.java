package io.millrace.broker.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.security.authorizer.AclEntry;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.Authorizer;

/** Who may do what. Without an authorizer everybody may do everything, as in Kafka. Thread-safe. */
public final class Access {
    private final Optional<Authorizer> authorizer;

    public Access(Optional<Authorizer> authorizer) {
        this.authorizer = authorizer;
    }

    public Optional<Authorizer> authorizer() {
        return authorizer;
    }

    /** Whether the sender of a request may do something with a resource; a denial is logged. */
    public boolean allowed(RequestContext context, AclOperation operation, ResourceType type, String name) {
        return allowed(context, operation, type, name, true);
    }

    /** @param logDenial false where a denial is no attempt, only a question */
    public boolean allowed(
            RequestContext context, AclOperation operation, ResourceType type, String name, boolean logDenial) {
        if (authorizer.isEmpty()) {
            return true;
        }
        Action action = action(operation, type, name, 1, logDenial);
        boolean allowed = authorizer.get().authorize(context, List.of(action)).get(0) == AuthorizationResult.ALLOWED;
        if (!allowed && logDenial) {
            AuditLog.denied(context, operation, type, name);
        }
        return allowed;
    }

    /** @throws ClusterAuthorizationException if the sender may not do this with the cluster */
    public void requireCluster(RequestContext context, AclOperation operation) {
        if (!allowed(context, operation, ResourceType.CLUSTER, Resource.CLUSTER_NAME)) {
            throw new ClusterAuthorizationException(
                    "Request " + context.header.apiKey() + " needs " + operation + " permission.");
        }
    }

    /** The names out of these with which the sender may do something. */
    public Set<String> allowedNames(
            RequestContext context,
            AclOperation operation,
            ResourceType type,
            Collection<String> names,
            boolean logDenial) {
        if (authorizer.isEmpty()) {
            return new HashSet<>(names);
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        names.forEach(name -> counts.merge(name, 1, Integer::sum));
        List<String> distinct = List.copyOf(counts.keySet());
        List<Action> actions = distinct.stream()
                .map(name -> action(operation, type, name, counts.getOrDefault(name, 1), logDenial))
                .toList();
        List<AuthorizationResult> results = authorizer.get().authorize(context, actions);
        Set<String> allowed = new HashSet<>();
        for (int i = 0; i < distinct.size(); i++) {
            if (results.get(i) == AuthorizationResult.ALLOWED) {
                allowed.add(distinct.get(i));
            } else if (logDenial) {
                AuditLog.denied(context, operation, type, distinct.get(i));
            }
        }
        return allowed;
    }

    /** Whether the sender may do something with at least one resource of a type. */
    public boolean allowedWithAny(RequestContext context, AclOperation operation, ResourceType type) {
        return authorizer
                .map(a -> a.authorizeByResourceType(context, operation, type) == AuthorizationResult.ALLOWED)
                .orElse(true);
    }

    /** What the sender may do with a resource, as the bit field of the protocol. */
    public int operations(RequestContext context, Resource resource) {
        List<AclOperation> supported = List.copyOf(AclEntry.supportedOperations(resource.resourceType()));
        Set<Byte> allowed = new HashSet<>();
        if (authorizer.isEmpty()) {
            supported.forEach(operation -> allowed.add(operation.code()));
        } else {
            List<Action> actions = new ArrayList<>();
            supported.forEach(
                    operation -> actions.add(action(operation, resource.resourceType(), resource.name(), 1, false)));
            List<AuthorizationResult> results = authorizer.get().authorize(context, actions);
            for (int i = 0; i < supported.size(); i++) {
                if (results.get(i) == AuthorizationResult.ALLOWED) {
                    allowed.add(supported.get(i).code());
                }
            }
        }
        return Utils.to32BitField(allowed);
    }

    private static Action action(AclOperation operation, ResourceType type, String name, int count, boolean logDenial) {
        ResourcePattern resource = new ResourcePattern(type, name, PatternType.LITERAL);
        return new Action(operation, resource, count, true, logDenial);
    }
}
