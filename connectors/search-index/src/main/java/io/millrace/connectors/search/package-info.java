/**
 * The {@code search-index} sink: streams into indices of OpenSearch, and of Elasticsearch by the same API; each record once.
 *
 * <p>{@link io.millrace.connectors.search.SearchIndexSinkConnector} is an ordinary Kafka Connect plugin;
 * {@link io.millrace.connectors.search.SearchIndexShorthand} is what a pipeline's {@code type: search-index} becomes it by. A
 * {@link io.millrace.connectors.search.SearchIndexSinkTask} makes an {@code Operation} of each record ({@code Operations}, with
 * {@code DocumentIds} and {@code Documents}), sees to it that the index has the fields ({@code Indices}, {@code Mappings}), and hands them to
 * the {@code BulkWriter}, which sends them in {@code _bulk} requests until each is acknowledged or refused for good. {@code SearchClient} is the
 * only type that touches the server.
 *
 * <p>Invariants: {@code put} returns only when every record of it is acknowledged by the server or reported, so every offset given to
 * {@code preCommit} may be committed; an operation carries its record's offset as external version, so that it takes effect once and never after
 * a newer one of the same document; a record is reported only when nothing of the same {@code put} can be tried again.
 *
 * <p>{@code Settings} declares every setting once: for the pipeline, for Connect, and for the table in README.md.
 */
@NullMarked
package io.millrace.connectors.search;

import org.jspecify.annotations.NullMarked;
