package io.millrace.app.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.ShortTypes;
import io.millrace.pipeline.PipelineLoader;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PipelineGraphTest {
    private static final String WEB_SHOP = """
            pipeline: web-shop
            sources:
              db: {type: postgres-cdc, url: "postgresql://localhost/shop", user: u, password: p, tables: [public.customers, public.orders]}
              log:
                class: org.example.Lines
                streams: {access-log: events}
            contracts:
              Customer: {key: customer_id, fields: {customer_id: string!, country: string}}
              Order: {key: order_id, fields: {order_id: int32!, customer_id: string}}
            streams:
              cleaned.customers: {from: raw.customers, contract: Customer, steps: [{unwrap: debezium}]}
              cleaned.orders: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}, {keep: [order_id, customer_id]}]}
              cleaned.access:
                from: raw.access-log
                steps: [{keep: [status, path]}, {route: {errors: value.status >= 500}}]
              enriched.errors: {from: cleaned.access.errors}
              enriched.orders:
                from: cleaned.orders
                steps: [{lookup: {table: cleaned.customers, on: value.customer_id, as: customer, missing: keep}}]
            sinks:
              lake: {type: s3-parquet, from: [enriched.*, cleaned.customers], bucket: lake}
            """;

    private static PipelineGraph graph() {
        return PipelineGraph.of(PipelineLoader.parse("p.yaml", WEB_SHOP, Optional.empty(), new ShortTypes()));
    }

    @Test
    void aTreeFromEachSource() {
        assertThat(String.join("\n", AsciiGraph.lines(graph()))).isEqualTo("""
                web-shop

                db (postgres-cdc)
                |-- raw.customers (table)
                |   `-- cleaned.customers (table): unwrap  -> lake
                |       `.. enriched.orders looks it up
                `-- raw.orders (table)
                    `-- cleaned.orders (table): unwrap, keep
                        `-- enriched.orders (table): lookup  -> lake

                log (org.example.Lines)
                `-- raw.access-log (events)
                    `-- cleaned.access (events): keep, route
                        `-- [errors] enriched.errors (events)  -> lake

                lake (s3-parquet) <- cleaned.customers, enriched.errors, enriched.orders""");
    }

    @Test
    void aFlowChartWithABoxForEachLayer() {
        assertThat(String.join("\n", MermaidGraph.lines(graph()))).isEqualTo("""
                flowchart LR
                  source_db[/"db<br/>postgres-cdc"/]
                  source_log[/"log<br/>org.example.Lines"/]
                  subgraph raw
                    raw_customers[("customers")]
                    raw_orders[("orders")]
                    raw_access_d_log(["access-log"])
                  end
                  subgraph cleaned
                    cleaned_customers[("customers")]
                    cleaned_orders[("orders")]
                    cleaned_access(["access"])
                  end
                  subgraph enriched
                    enriched_errors(["errors"])
                    enriched_orders[("orders")]
                  end
                  sink_lake[\\"lake<br/>s3-parquet"\\]
                  source_db --> raw_customers
                  source_db --> raw_orders
                  source_log --> raw_access_d_log
                  raw_customers --> cleaned_customers
                  raw_orders --> cleaned_orders
                  raw_access_d_log --> cleaned_access
                  cleaned_access -->|errors| enriched_errors
                  cleaned_orders --> enriched_orders
                  cleaned_customers -.-> enriched_orders
                  cleaned_customers --> sink_lake
                  enriched_errors --> sink_lake
                  enriched_orders --> sink_lake""");
    }
}
