/**
 * What runs inside of the search server's own JVM: one OpenSearch node without plugins beyond its HTTP server, and a watch that ends it
 * when its folder is gone, so that it never keeps a port for nobody.
 */
@NullMarked
package io.millrace.dev.searchprocess;

import org.jspecify.annotations.NullMarked;
