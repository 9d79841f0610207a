package io.millrace.broker.security;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.resource.ResourceType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who did what, from where, with what result: one line for each administrative request and for each denial, on a logger of its own. */
final class AuditLog {
    /** Fixed, so that a log configuration can send it elsewhere. */
    static final String LOGGER = "io.millrace.broker.audit";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    private AuditLog() {}

    static void denied(RequestContext context, AclOperation operation, ResourceType type, String name) {
        LOG.atInfo()
                .addKeyValue("principal", context.principal)
                .addKeyValue("address", context.clientAddress.getHostAddress())
                .addKeyValue("listener", context.listenerName.value())
                .addKeyValue("api", context.header.apiKey())
                .addKeyValue("operation", operation)
                .addKeyValue("resource", type + ":" + name)
                .log("Denied");
    }

    static void administered(RequestContext context, List<String> what, Map<Errors, Integer> results) {
        LOG.atInfo()
                .addKeyValue("principal", context.principal)
                .addKeyValue("address", context.clientAddress.getHostAddress())
                .addKeyValue("listener", context.listenerName.value())
                .addKeyValue("api", context.header.apiKey())
                .addKeyValue("resource", what)
                .addKeyValue("result", results)
                .log("Administrative request");
    }
}
