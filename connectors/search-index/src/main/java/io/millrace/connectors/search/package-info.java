/** The {@code search-index} sink: streams into indices of OpenSearch and Elasticsearch. */
@NullMarked
package io.millrace.connectors.search;

import org.jspecify.annotations.NullMarked;
