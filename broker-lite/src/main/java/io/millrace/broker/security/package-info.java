/**
 * Who may do what: authentication, access control, audit.
 *
 * <p>Clients prove who they are in the channels that {@code network} builds from Kafka's own code (TLS, PLAIN, SCRAM, OAUTHBEARER);
 * {@link io.millrace.broker.security.Credentials} gives these the SCRAM credentials of the metadata, the first of which
 * {@link io.millrace.broker.security.FirstCredentials} makes as the properties say. Request handlers ask
 * {@link io.millrace.broker.security.Access} what a sender may do; it asks the authorizer that
 * {@link io.millrace.broker.security.Authorization} holds and keeps in step with the metadata's access lists.
 * {@link io.millrace.broker.security.AuditLog} writes denials and administrative requests to a logger of its own; neither record contents nor
 * configuration values nor credentials ever get there.
 */
@NullMarked
package io.millrace.broker.security;

import org.jspecify.annotations.NullMarked;
