/**
 * The REST interface of Kafka Connect 4.3.1 over a worker: same paths, methods, codes and bodies. {@link io.millrace.rest.RestServer} listens;
 * {@link io.millrace.rest.ConnectorRoutes}, {@link io.millrace.rest.PluginRoutes} and {@link io.millrace.rest.WorkerRoutes} answer;
 * {@link io.millrace.rest.Bodies} holds the bodies.
 *
 * <p>Left out so far: offsets, topics in use, plugins' configurations and their validation, log levels; they are answered with 404.
 */
@NullMarked
package io.millrace.rest;

import org.jspecify.annotations.NullMarked;
