package io.millrace.layers.topology;

import static io.millrace.layers.ShopSource.customerKey;
import static io.millrace.layers.ShopSource.lineKey;
import static io.millrace.layers.ShopSource.orderKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.layers.ShopPlan;
import io.millrace.layers.ShopSource;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random changes of all three tables, compared with the same joins and sums over plain maps. */
class ShopModelTest {
    private static final int CHANGES = 500;
    private static final int CUSTOMERS = 5;
    private static final int ORDERS = 8;
    private static final int PRODUCTS = 4;
    private static final String[] COUNTRIES = {"Germany", "France", "Norway"};

    private record Line(int order, int product, String price, int quantity, String discount) {
        BigDecimal revenue() {
            return new BigDecimal(price)
                    .multiply(BigDecimal.valueOf(quantity))
                    .multiply(BigDecimal.ONE.subtract(new BigDecimal(discount)))
                    .setScale(4);
        }
    }

    private final ShopSource source = new ShopSource();
    private final Map<String, String> countryOfCustomer = new HashMap<>();
    private final Map<Integer, String> customerOfOrder = new HashMap<>();
    private final Map<String, Line> lines = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void tablesAreWhatAPlainJoinAndSumSay(long seed, @TempDir Path stateDir) {
        Random random = new Random(seed);
        try (TopologyFixture shop = new TopologyFixture(ShopPlan.plan(), stateDir)) {
            for (int i = 0; i < CHANGES; i++) {
                change(shop, random);
            }

            assertThat(shop.state("enriched.shop.order_lines")).isEqualTo(enrichedLines());
            assertThat(shop.state("curated.shop.revenue_by_country")).isEqualTo(revenue());
            shop.layers.counters().forEach((stream, counters) -> assertThat(
                            counters.in().sum())
                    .as(stream.toString())
                    .isEqualTo(counters.out().sum()
                            + counters.deadLetters().sum()
                            + counters.dropped().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum()));
        }
    }

    private void change(TopologyFixture shop, Random random) {
        boolean delete = random.nextInt(4) == 0;
        switch (random.nextInt(4)) {
            case 0 -> customer(shop, random, delete);
            case 1 -> order(shop, random, delete);
            default -> line(shop, random, delete);
        }
    }

    private void customer(TopologyFixture shop, Random random, boolean delete) {
        String id = "C" + random.nextInt(CUSTOMERS);
        String country = COUNTRIES[random.nextInt(COUNTRIES.length)];
        if (delete) {
            countryOfCustomer.remove(id);
            delete(shop, "customers", customerKey(id));
        } else {
            countryOfCustomer.put(id, country);
            shop.send("raw.shop.customers", customerKey(id), source.customer("u", id, "Company", country));
        }
    }

    private void order(TopologyFixture shop, Random random, boolean delete) {
        int id = random.nextInt(ORDERS);
        String customer = "C" + random.nextInt(CUSTOMERS + 1);
        if (delete) {
            customerOfOrder.remove(id);
            delete(shop, "orders", orderKey(id));
        } else {
            customerOfOrder.put(id, customer);
            shop.send("raw.shop.orders", orderKey(id), source.order("u", id, customer));
        }
    }

    private void line(TopologyFixture shop, Random random, boolean delete) {
        int order = random.nextInt(ORDERS);
        int product = random.nextInt(PRODUCTS);
        byte[] key = lineKey(order, product);
        if (delete) {
            lines.remove(TopologyFixture.text(key));
            delete(shop, "order_details", key);
            return;
        }
        String price = BigDecimal.valueOf(random.nextInt(10_000) + 1, 2).toPlainString();
        String discount = BigDecimal.valueOf(random.nextInt(5) * 5L, 2).toPlainString();
        Line line = new Line(order, product, price, random.nextInt(20) + 1, discount);
        lines.put(TopologyFixture.text(key), line);
        shop.send("raw.shop.order_details", key, source.line("u", order, product, price, line.quantity(), discount));
    }

    private void delete(TopologyFixture shop, String table, byte[] key) {
        shop.send("raw.shop." + table, key, source.delete(table));
        shop.send("raw.shop." + table, key, null);
    }

    private String countryOf(Line line) {
        String customer = customerOfOrder.get(line.order());
        return customer == null ? "unknown" : countryOfCustomer.getOrDefault(customer, "unknown");
    }

    private Map<String, String> enrichedLines() {
        Map<String, String> expected = new TreeMap<>();
        lines.forEach((key, line) -> expected.put(
                key,
                "{\"order_id\":" + line.order() + ",\"product_id\":" + line.product() + ",\"unit_price\":"
                        + new BigDecimal(line.price()).setScale(2) + ",\"quantity\":" + line.quantity()
                        + ",\"discount\":" + line.discount() + ",\"country\":\"" + countryOf(line)
                        + "\",\"revenue\":" + line.revenue() + "}"));
        return expected;
    }

    private Map<String, String> revenue() {
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, BigDecimal> sums = new TreeMap<>();
        for (Line line : lines.values()) {
            counts.merge(countryOf(line), 1, Integer::sum);
            sums.merge(countryOf(line), line.revenue(), BigDecimal::add);
        }
        Map<String, String> expected = new TreeMap<>();
        counts.forEach((country, count) -> expected.put(
                "{\"country\":\"" + country + "\"}",
                "{\"country\":\"" + country + "\",\"lines\":" + count + ",\"revenue\":" + sums.get(country) + "}"));
        return expected;
    }
}
