/**
 * What runs inside of the S3 server's own JVM: S3Proxy, and a watch that ends it when its folder is gone, so that it never keeps a port
 * for nobody.
 */
@NullMarked
package io.millrace.dev.s3process;

import org.jspecify.annotations.NullMarked;
