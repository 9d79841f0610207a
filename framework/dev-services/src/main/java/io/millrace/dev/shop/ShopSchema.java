package io.millrace.dev.shop;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The shop's tables, and rows to begin with. */
public final class ShopSchema {
    private static final int ORDERS = 60;
    private static final int LINES = 150;
    private static final int FIRST_ORDER = 10_248;
    static final int PRODUCTS = 77;

    private static final List<String> TABLES = List.of("""
            CREATE TABLE IF NOT EXISTS customers (
                customer_id varchar(5) NOT NULL CONSTRAINT pk_customers PRIMARY KEY,
                company_name varchar(40) NOT NULL,
                contact_name varchar(30),
                contact_title varchar(30),
                address varchar(60),
                city varchar(15),
                region varchar(15),
                postal_code varchar(10),
                country varchar(15),
                phone varchar(24),
                fax varchar(24))""", """
            CREATE TABLE IF NOT EXISTS orders (
                order_id smallint NOT NULL CONSTRAINT pk_orders PRIMARY KEY,
                customer_id varchar(5) CONSTRAINT fk_orders_customers REFERENCES customers,
                employee_id smallint,
                order_date date,
                required_date date,
                shipped_date date,
                ship_via smallint,
                freight real,
                ship_name varchar(40),
                ship_address varchar(60),
                ship_city varchar(15),
                ship_region varchar(15),
                ship_postal_code varchar(10),
                ship_country varchar(15))""", """
            CREATE TABLE IF NOT EXISTS order_details (
                order_id smallint NOT NULL CONSTRAINT fk_order_details_orders REFERENCES orders,
                product_id smallint NOT NULL,
                unit_price real NOT NULL,
                quantity smallint NOT NULL,
                discount real NOT NULL,
                CONSTRAINT pk_order_details PRIMARY KEY (order_id, product_id))""");

    /** Company, contact, city, country: 20 customers of 11 countries. */
    private static final List<List<String>> COMPANIES = List.of(
            List.of("Königsberger Backwaren", "Jürgen Weiß", "Köln", "Germany"),
            List.of("Alster Feinkost", "Änne Groß", "Hamburg", "Germany"),
            List.of("Mühlenhof Versand", "Ottilie Brömmel", "Münster", "Germany"),
            List.of("Épicerie du Marché", "François Lefèvre", "Nîmes", "France"),
            List.of("Aux Délices d'Hélène", "Hélène Noël", "Orléans", "France"),
            List.of("Smörgås & Søn", "Åsa Öberg", "Malmö", "Sweden"),
            List.of("Fjällbutiken", "Örjan Ek", "Luleå", "Sweden"),
            List.of("Mercado São João", "João Conceição", "São Paulo", "Brazil"),
            List.of("Açúcar e Café", "Lívia Guimarães", "Rio de Janeiro", "Brazil"),
            List.of("Tienda Ñandú", "Íñigo Peña", "Logroño", "Spain"),
            List.of("El Olivo \"Viejo\"", "Begoña Núñez", "Córdoba", "Spain"),
            List.of("日本橋食品", "山田 花子", "東京", "Japan"),
            List.of("Żabka i Wół", "Łukasz Świątek", "Łódź", "Poland"),
            List.of("Hartwell & Daughters", "Ann O'Neil", "Bath", "UK"),
            List.of("Thistle Provisions", "Ewan Muir", "Perth", "UK"),
            List.of("Prairie Pantry", "Dale Whitcomb", "Omaha", "USA"),
            List.of("Bayou Groceries", "Odette Broussard", "Lafayette", "USA"),
            List.of("Great Lakes Supply", "Marge Novak", "Duluth", "USA"),
            List.of("Gelateria Perché No", "Niccolò Bassi", "Forlì", "Italy"),
            List.of("Kafeneio Αγορά", "Νίκος Δήμου", "Αθήνα", "Greece"));

    private ShopSchema() {}

    /** Makes the tables where they are missing and the base data where {@code customers} is empty, in one transaction. */
    public static void create(Connection connection, long seed) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            try (Statement statement = connection.createStatement()) {
                for (String table : TABLES) {
                    statement.execute(table);
                }
            }
            if (isEmpty(connection)) {
                fill(connection, new Random(seed));
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    private static boolean isEmpty(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT 1 FROM customers LIMIT 1")) {
            return !rows.next();
        }
    }

    private static void fill(Connection connection, Random random) throws SQLException {
        fillCustomers(connection, random);
        for (int i = 0; i < ORDERS; i++) {
            int customer = random.nextInt(COMPANIES.size());
            insertOrder(
                    connection,
                    FIRST_ORDER + i,
                    customerId(customer),
                    LocalDate.of(1996, 7, 4).plusDays(i),
                    random);
        }
        // Every order has a line; the rest go to the orders in turn, each with products of its own.
        for (int i = 0; i < LINES; i++) {
            int product = 1 + (i * 7 + i / ORDERS) % PRODUCTS;
            insertLine(connection, FIRST_ORDER + i % ORDERS, product, random);
        }
    }

    private static void fillCustomers(Connection connection, Random random) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO customers (customer_id, company_name, contact_name, address, city, region, postal_code, country, phone)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < COMPANIES.size(); i++) {
                List<String> company = COMPANIES.get(i);
                insert.setString(1, customerId(i));
                insert.setString(2, company.get(0));
                insert.setString(3, company.get(1));
                insert.setString(4, (1 + random.nextInt(200)) + " Main Street");
                insert.setString(5, company.get(2));
                insert.setString(6, i % 4 == 0 ? "" : null);
                insert.setString(7, i % 3 == 0 ? null : String.format("%05d", random.nextInt(100_000)));
                insert.setString(8, company.get(3));
                insert.setString(
                        9, i % 5 == 0 ? null : "(0" + random.nextInt(10) + ") 555-" + (1000 + random.nextInt(9000)));
                insert.executeUpdate();
            }
        }
    }

    private static String customerId(int index) {
        return "SHP" + (char) ('A' + index / 26) + (char) ('A' + index % 26);
    }

    /** An order in the name of its customer; one in ten has no date of shipping, one in twenty no freight. */
    static void insertOrder(Connection connection, int id, @Nullable String customer, LocalDate day, Random random)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO orders (order_id, customer_id, employee_id, order_date, required_date, shipped_date, ship_via, freight,"
                        + " ship_name, ship_city, ship_country)"
                        + " SELECT ?, ?, ?, ?, ?, ?, ?, ?, c.company_name, c.city, c.country"
                        + " FROM (SELECT 1) one LEFT JOIN customers c ON c.customer_id = ?")) {
            insert.setInt(1, id);
            insert.setString(2, customer);
            insert.setInt(3, 1 + random.nextInt(9));
            insert.setDate(4, Date.valueOf(day));
            insert.setDate(5, Date.valueOf(day.plusDays(28)));
            if (random.nextInt(10) == 0) {
                insert.setNull(6, Types.DATE);
            } else {
                insert.setDate(6, Date.valueOf(day.plusDays(random.nextInt(20))));
            }
            insert.setInt(7, 1 + random.nextInt(3));
            if (random.nextInt(20) == 0) {
                insert.setNull(8, Types.REAL);
            } else {
                insert.setFloat(8, cents(random.nextInt(50_000)));
            }
            insert.setString(9, customer);
            insert.executeUpdate();
        }
    }

    static void insertLine(Connection connection, int order, int product, Random random) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO order_details VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setInt(1, order);
            insert.setInt(2, product);
            insert.setFloat(3, price(random));
            insert.setInt(4, 1 + random.nextInt(60));
            insert.setFloat(5, discount(random));
            insert.executeUpdate();
        }
    }

    private static final float[] AWKWARD_PRICES = {0.1f, 14.4f, 9.65f, 0.01f, 7.75f, 263.5f, 1.15f, 33.35f, 1.05f};
    private static final float[] DISCOUNTS = {0f, 0f, 0f, 0.05f, 0.1f, 0.15f, 0.2f, 0.25f, 0.3f};

    /** Often one that has no exact binary form; two decimals, never more than six digits. */
    static float price(Random random) {
        return random.nextInt(3) == 0
                ? AWKWARD_PRICES[random.nextInt(AWKWARD_PRICES.length)]
                : cents(1 + random.nextInt(30_000));
    }

    static float discount(Random random) {
        return DISCOUNTS[random.nextInt(DISCOUNTS.length)];
    }

    private static float cents(int cents) {
        return Float.parseFloat(cents / 100 + "." + String.format("%02d", cents % 100));
    }
}
