package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.dev.shop.ShopSchema;
import io.millrace.dev.shop.ShopScript;
import io.millrace.it.harness.Distribution;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.ShopRun;
import io.millrace.it.harness.ShopSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database in the lake: after the snapshot, and after inserts, updates and deletes, and once more from the raw topics. */
@Order(Integer.MAX_VALUE - 1)
class ShopReconciliationIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final long SEED = 20260101;

    @TempDir
    Path folder;

    @Test
    void theGeneratedShopIsInTheLakeRowByRow() throws Exception {
        try (ShopRun shop = ShopRun.ofTheLake(folder)) {
            try (ShopSource source = shop.services().source()) {
                ShopSchema.create(source.connection(), SEED);
            }
            reconcile(shop);
        }
    }

    @Test
    void northwindIsInTheLakeRowByRow() throws Exception {
        assumeTrue(Distribution.hasData("northwind.sql"), "shared/data/northwind.sql is not beside the project");
        try (ShopRun shop = ShopRun.ofTheLake(folder)) {
            try (ShopSource source = shop.services().source()) {
                source.load(Distribution.data("northwind.sql"));
            }
            reconcile(shop);
        }
    }

    private static void reconcile(ShopRun shop) throws Exception {
        MillraceProcess first = shop.start();
        shop.awaitReconciled(SOON);

        change(shop);
        shop.awaitReconciled(SOON);
        assertThat(first.stop()).as(first.output()).isEqualTo(143);
        assertThat(first.output()).contains("Stopped.");

        // the layers forget everything and are made anew from the raw topics: what they write now is the whole truth
        // again
        Map<String, String> later = shop.later();
        MillraceProcess second = shop.start("--rebuild-layers");
        second.awaitOutput("Running", SOON);
        shop.awaitReconciled(SOON, later);
        second.stop();
    }

    private static void change(ShopRun shop) throws Exception {
        try (ShopSource source = shop.services().source()) {
            new ShopScript(SEED).apply(source.connection(), 200);
            source.execute("update customers set company_name = company_name || ' & Söhne'"
                    + " where customer_id = (select min(customer_id) from customers)");
        }
    }
}
