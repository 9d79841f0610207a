package io.millrace.dev.shop;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/**
 * An endless, seeded sequence of changes to the shop; works on Northwind's own tables too. What a change hits depends on the rows that are
 * there, in the order of their keys: so the same seed on the same rows makes the same rows. Used by one thread.
 */
public final class ShopScript {
    /** Above it, orders are deleted rather than added, so that a shop left running stays small. */
    private static final int MOST_ORDERS = 3_000;

    /** The kinds of change, with how often each is made. */
    public enum Change {
        NEW_ORDER(24),
        LINE_PRICED(14),
        LINE_QUANTITY(10),
        LINE_DISCOUNTED(6),
        /** The same line, deleted and inserted anew in one transaction. */
        LINE_REPLACED(3),
        /** Its key changes. */
        LINE_MOVED(8),
        LINE_ADDED(4),
        LINE_DELETED(7),
        ORDER_DELETED(4),
        ORDER_SHIPPED(4),
        /** Belongs to another customer from now on, sometimes to none. */
        ORDER_REASSIGNED(3),
        CUSTOMER_RENAMED(5),
        CUSTOMER_MOVED(4),
        NEW_CUSTOMER(2),
        /** An update that changes nothing. */
        UNCHANGED(2);

        private final int weight;

        Change(int weight) {
            this.weight = weight;
        }
    }

    private final Random random;

    public ShopScript(long seed) {
        this.random = new Random(seed);
    }

    /**
     * Makes the next changes, each in a transaction of its own.
     *
     * @param connection to a database with the shop's tables and at least one customer
     * @return how many of each kind were made; kinds that were not are absent
     */
    public Map<Change, Integer> apply(Connection connection, int count) throws SQLException {
        Map<Change, Integer> made = new EnumMap<>(Change.class);
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            for (int i = 0; i < count; i++) {
                made.merge(next(new ShopRows(connection, random)), 1, Integer::sum);
                connection.commit();
            }
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(autoCommit);
        }
        return made;
    }

    private Change next(ShopRows rows) throws SQLException {
        Change wanted = draw();
        if (wanted == Change.NEW_ORDER && rows.count("orders") >= MOST_ORDERS) {
            wanted = Change.ORDER_DELETED;
        }
        if (make(wanted, rows)) {
            return wanted;
        }
        // There is no row to do it to.
        make(Change.NEW_ORDER, rows);
        return Change.NEW_ORDER;
    }

    private Change draw() {
        int total = 0;
        for (Change change : Change.values()) {
            total += change.weight;
        }
        int drawn = random.nextInt(total);
        for (Change change : Change.values()) {
            drawn -= change.weight;
            if (drawn < 0) {
                return change;
            }
        }
        throw new IllegalStateException("the weights do not sum up");
    }

    private boolean make(Change change, ShopRows rows) throws SQLException {
        return switch (change) {
            case NEW_ORDER -> rows.insertOrder();
            case LINE_PRICED -> rows.updateLine("unit_price", ShopSchema.price(random));
            case LINE_QUANTITY -> rows.updateLine("quantity", 1 + random.nextInt(120));
            case LINE_DISCOUNTED -> rows.updateLine("discount", ShopSchema.discount(random));
            case LINE_REPLACED -> rows.replaceLine();
            case LINE_MOVED -> rows.moveLine();
            case LINE_ADDED -> rows.addLine();
            case LINE_DELETED -> rows.deleteLine();
            case ORDER_DELETED -> rows.deleteOrder();
            case ORDER_SHIPPED -> rows.shipOrder();
            case ORDER_REASSIGNED -> rows.reassignOrder();
            case CUSTOMER_RENAMED -> rows.renameCustomer();
            case CUSTOMER_MOVED -> rows.moveCustomer();
            case NEW_CUSTOMER -> rows.insertCustomer();
            case UNCHANGED -> rows.touchCustomer();
        };
    }
}
