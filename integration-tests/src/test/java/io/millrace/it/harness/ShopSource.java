package io.millrace.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The shop's database, asked in SQL: what the lake must say. */
public final class ShopSource implements AutoCloseable {
    private final Connection connection;

    public ShopSource(String url, String user, String password) throws SQLException {
        this.connection = DriverManager.getConnection(url, user, password);
    }

    public Connection connection() {
        return connection;
    }

    /** Runs a dump of DDL and inserts. */
    public void load(Path dump) throws IOException, SQLException {
        String sql = Files.readString(dump).replaceAll("(?m)^SET (default_with_oids|statement_timeout).*$", "");
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            // the dump may leave its own settings behind
            statement.execute("RESET ALL");
        }
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** customer_id, company, country, phone as the cleaned layer standardises them. */
    public List<List<String>> customers() throws SQLException {
        return query("select customer_id, trim(company_name), trim(country),"
                + " case when phone like '+%' then '+' else '' end || regexp_replace(phone, '[^0-9]', '', 'g')"
                + " from customers");
    }

    /** order_id, customer_id, ordered_on, ship_country. */
    public List<List<String>> orders() throws SQLException {
        return query("select order_id, customer_id, order_date, ship_country from orders");
    }

    /** order_id, product_id, unit_price, quantity, discount. */
    public List<List<String>> orderLines() throws SQLException {
        return query("select order_id, product_id, " + PRICE + ", quantity, " + DISCOUNT + " from order_details d");
    }

    /** order_id, product_id, quantity, country, ordered_on, revenue. */
    public List<List<String>> enrichedLines() throws SQLException {
        return query("select d.order_id, d.product_id, d.quantity, " + COUNTRY + ", o.order_date, " + REVENUE + JOINED);
    }

    /** country, lines, revenue rounded to cents. */
    public List<List<String>> revenueByCountry() throws SQLException {
        return query("select " + COUNTRY + ", count(*), round(sum(" + REVENUE + "), 2)" + JOINED + " group by 1");
    }

    private static final String PRICE = "d.unit_price::numeric::numeric(10,2)";
    private static final String DISCOUNT = "d.discount::numeric::numeric(4,2)";
    private static final String REVENUE = PRICE + " * d.quantity * (1 - " + DISCOUNT + ")";
    private static final String COUNTRY = "case when c.customer_id is null then 'unknown' else trim(c.country) end";
    private static final String JOINED = " from order_details d left join orders o using (order_id)"
            + " left join customers c on c.customer_id = o.customer_id";

    /** Rows as text. */
    public List<List<String>> query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return Lake.texts(rows);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
