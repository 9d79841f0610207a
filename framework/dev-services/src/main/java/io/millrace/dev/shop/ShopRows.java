package io.millrace.dev.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One change to rows drawn at random, inside the caller's transaction. Each method answers whether there was a row to change. Rows are
 * drawn by their place in key order, in the byte order of keys, so that the database's locale does not matter.
 */
final class ShopRows {
    private static final int LARGEST_SMALLINT = 32_767;
    private static final LocalDate FIRST_DAY = LocalDate.of(1996, 7, 4);
    private static final int DAYS = 700;

    private static final List<String> NAMES = List.of(
            "Brünn & Söhne",
            "Café Olé",
            "O'Hara Trading",
            "Łowicz Delikatesy",
            "北京饭店",
            "Ελιά",
            "Æblegård",
            "Plain Foods");
    /** City and country. */
    private static final List<List<String>> PLACES = List.of(
            List.of("Zürich", "Switzerland"),
            List.of("Århus", "Denmark"),
            List.of("Graz", "Austria"),
            List.of("Lyon", "France"),
            List.of("Porto", "Portugal"),
            List.of("México D.F.", "Mexico"),
            List.of("Berlin", "Germany"),
            List.of("Boise", "USA"));

    private record Line(int order, int product) {}

    private final Connection connection;
    private final Random random;

    ShopRows(Connection connection, Random random) {
        this.connection = connection;
        this.random = random;
    }

    int count(String table) throws SQLException {
        return number("SELECT count(*) FROM " + table).orElse(0);
    }

    boolean insertOrder() throws SQLException {
        Optional<String> customer = customer();
        if (customer.isEmpty()) {
            return false;
        }
        int id = freeOrderId();
        ShopSchema.insertOrder(connection, id, customer.get(), day(), random);
        int lines = 1 + random.nextInt(4);
        for (int i = 0; i < lines; i++) {
            ShopSchema.insertLine(connection, id, 1 + random.nextInt(ShopSchema.PRODUCTS), random);
        }
        return true;
    }

    boolean updateLine(String column, Object value) throws SQLException {
        Optional<Line> line = line();
        return line.isPresent()
                && update(
                        "UPDATE order_details SET " + column + " = ? WHERE order_id = ? AND product_id = ?",
                        value,
                        line.get().order(),
                        line.get().product());
    }

    boolean replaceLine() throws SQLException {
        Optional<Line> line = line();
        if (line.isEmpty() || !delete(line.get())) {
            return false;
        }
        ShopSchema.insertLine(connection, line.get().order(), line.get().product(), random);
        return true;
    }

    boolean moveLine() throws SQLException {
        Optional<Line> line = line();
        Optional<Integer> order = order();
        return line.isPresent()
                && order.isPresent()
                && update(
                        "UPDATE order_details SET order_id = ? WHERE order_id = ? AND product_id = ? AND NOT EXISTS"
                                + " (SELECT 1 FROM order_details WHERE order_id = ? AND product_id = ?)",
                        order.get(),
                        line.get().order(),
                        line.get().product(),
                        order.get(),
                        line.get().product());
    }

    boolean addLine() throws SQLException {
        Optional<Integer> order = order();
        if (order.isEmpty()) {
            return false;
        }
        int before = count("order_details");
        ShopSchema.insertLine(connection, order.get(), 1 + random.nextInt(ShopSchema.PRODUCTS), random);
        return count("order_details") > before;
    }

    boolean deleteLine() throws SQLException {
        Optional<Line> line = line();
        return line.isPresent() && delete(line.get());
    }

    boolean deleteOrder() throws SQLException {
        Optional<Integer> order = order();
        if (order.isEmpty()) {
            return false;
        }
        update("DELETE FROM order_details WHERE order_id = ?", order.get());
        return update("DELETE FROM orders WHERE order_id = ?", order.get());
    }

    boolean shipOrder() throws SQLException {
        Optional<Integer> order = order();
        return order.isPresent()
                && update(
                        "UPDATE orders SET shipped_date = ?, freight = ? WHERE order_id = ?",
                        java.sql.Date.valueOf(day()),
                        ShopSchema.price(random),
                        order.get());
    }

    boolean reassignOrder() throws SQLException {
        Optional<Integer> order = order();
        @Nullable String customer = random.nextInt(4) == 0 ? null : customer().orElse(null);
        return order.isPresent()
                && update("UPDATE orders SET customer_id = ? WHERE order_id = ?", customer, order.get());
    }

    boolean renameCustomer() throws SQLException {
        Optional<String> customer = customer();
        String name = NAMES.get(random.nextInt(NAMES.size())) + " " + random.nextInt(1000);
        @Nullable String contact = random.nextInt(3) == 0 ? null : "Zoë " + (char) ('A' + random.nextInt(26)) + ".";
        return customer.isPresent()
                && update(
                        "UPDATE customers SET company_name = ?, contact_name = ? WHERE customer_id = ?",
                        name,
                        contact,
                        customer.get());
    }

    boolean moveCustomer() throws SQLException {
        Optional<String> customer = customer();
        List<String> place = PLACES.get(random.nextInt(PLACES.size()));
        return customer.isPresent()
                && update(
                        "UPDATE customers SET city = ?, country = ? WHERE customer_id = ?",
                        place.get(0),
                        place.get(1),
                        customer.get());
    }

    boolean insertCustomer() throws SQLException {
        StringBuilder id = new StringBuilder("N");
        for (int i = 0; i < 4; i++) {
            id.append((char) ('A' + random.nextInt(26)));
        }
        List<String> place = PLACES.get(random.nextInt(PLACES.size()));
        return update(
                "INSERT INTO customers (customer_id, company_name, city, country) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                id.toString(),
                NAMES.get(random.nextInt(NAMES.size())),
                place.get(0),
                place.get(1));
    }

    boolean touchCustomer() throws SQLException {
        Optional<String> customer = customer();
        return customer.isPresent()
                && update("UPDATE customers SET company_name = company_name WHERE customer_id = ?", customer.get());
    }

    private boolean delete(Line line) throws SQLException {
        return update("DELETE FROM order_details WHERE order_id = ? AND product_id = ?", line.order(), line.product());
    }

    private LocalDate day() {
        return FIRST_DAY.plusDays(random.nextInt(DAYS));
    }

    /** The next one; after the largest smallint, the lowest gap. */
    private int freeOrderId() throws SQLException {
        int largest = number("SELECT max(order_id) FROM orders").orElse(10_247);
        if (largest < LARGEST_SMALLINT) {
            return largest + 1;
        }
        return number("SELECT min(order_id) + 1 FROM orders o WHERE NOT EXISTS"
                        + " (SELECT 1 FROM orders n WHERE n.order_id = o.order_id + 1)")
                .orElseThrow();
    }

    private Optional<String> customer() throws SQLException {
        return draw(
                "customers",
                "customer_id FROM customers ORDER BY customer_id COLLATE \"C\"",
                rows -> rows.getString(1));
    }

    private Optional<Integer> order() throws SQLException {
        return draw("orders", "order_id FROM orders ORDER BY order_id", rows -> rows.getInt(1));
    }

    private Optional<Line> line() throws SQLException {
        return draw(
                "order_details",
                "order_id, product_id FROM order_details ORDER BY order_id, product_id",
                rows -> new Line(rows.getInt(1), rows.getInt(2)));
    }

    private interface Read<T> {
        T from(ResultSet rows) throws SQLException;
    }

    private <T> Optional<T> draw(String table, String select, Read<T> read) throws SQLException {
        int count = count(table);
        if (count == 0) {
            return Optional.empty();
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + select + " LIMIT 1 OFFSET ?")) {
            statement.setInt(1, random.nextInt(count));
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(read.from(rows)) : Optional.empty();
            }
        }
    }

    private Optional<Integer> number(String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            int value = rows.getInt(1);
            return rows.wasNull() ? Optional.empty() : Optional.of(value);
        }
    }

    private boolean update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                @Nullable Object value = values[i];
                if (value == null) {
                    statement.setNull(i + 1, Types.VARCHAR);
                } else {
                    statement.setObject(i + 1, value);
                }
            }
            return statement.executeUpdate() > 0;
        }
    }
}
