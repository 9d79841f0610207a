/**
 * An S3 server over a folder: S3Proxy in a JVM and on a class path of its own. {@link io.millrace.dev.s3.S3Server} starts it
 * detached, finds it again or replaces it; {@link io.millrace.dev.s3.S3Requests} asks it whether it is well and makes buckets.
 *
 * <p>Folder: {@code objects/<bucket>/<key>} the objects as plain files, {@code s3proxy.properties} its settings with the generated keys
 * (readable by the owner only), {@code server.json} version, port, keys and pid, {@code s3proxy.log}.
 */
@NullMarked
package io.millrace.dev.s3;

import org.jspecify.annotations.NullMarked;
