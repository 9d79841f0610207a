package io.millrace.dev.shop;

import io.millrace.dev.process.ParentWatch;
import io.millrace.dev.process.Progress;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/** Changes a shop at a rate, from the calling thread, until enough is done or its parent is gone. */
public final class ShopGenerator {
    private static final Duration RECONNECT = Duration.ofSeconds(60);

    private final String url;
    private final Properties login = new Properties();
    private final long seed;

    public ShopGenerator(String url, String user, String password, long seed) {
        this.url = url;
        this.seed = seed;
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("connectTimeout", "10");
        login.setProperty("ApplicationName", "millrace-generator");
    }

    /**
     * Makes schema and base data, says {@code ready}, then makes changes.
     *
     * @param rate changes per second; 0 for none
     * @param changes how many; negative for no end
     * @param parent ends when the parent process does; nothing is read from it
     * @throws ProblemException ENVIRONMENT: {@code dev.shop-unreachable} when the database is away for more than a minute;
     *     {@code dev.shop-failed} when it refuses a statement
     */
    public void run(double rate, long changes, InputStream parent, Progress out) throws InterruptedException {
        if (rate < 0 || rate > 10_000) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "dev.rate",
                            "",
                            "rate '" + rate + "' is not between 0 and 10000.",
                            "It is in changes per second."));
        }
        try (Connection connection = connect()) {
            ShopSchema.create(connection, seed);
        } catch (SQLException e) {
            throw failed(e);
        }
        out.step("ready");
        if (rate > 0) {
            change(rate, changes, ParentWatch.endOf(parent));
        }
    }

    private void change(double rate, long changes, CountDownLatch end) throws InterruptedException {
        ShopScript script = new ShopScript(seed);
        long startNanos = System.nanoTime();
        double nanosPerChange = TimeUnit.SECONDS.toNanos(1) / rate;
        long done = 0;
        long lostNanos = 0;
        while (changes < 0 || done < changes) {
            try (Connection connection = connect()) {
                lostNanos = 0;
                while (changes < 0 || done < changes) {
                    long dueNanos = startNanos + (long) (done * nanosPerChange);
                    if (end.await(Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    script.apply(connection, 1);
                    done++;
                }
            } catch (SQLException e) {
                if (!isConnectionLost(e)) {
                    throw failed(e);
                }
                // The database restarts; what was not made meanwhile is not made up for.
                lostNanos = lostNanos == 0 ? System.nanoTime() : lostNanos;
                if (System.nanoTime() - lostNanos > RECONNECT.toNanos()) {
                    throw failed(e);
                }
                if (end.await(500, TimeUnit.MILLISECONDS)) {
                    return;
                }
                startNanos = System.nanoTime() - (long) (done * nanosPerChange);
            }
        }
    }

    private Connection connect() throws SQLException {
        @Nullable Connection connection = new Driver().connect(url, login);
        if (connection == null) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "dev.url",
                            "",
                            "'" + url + "' is not a URL of PostgreSQL.",
                            "It looks like 'jdbc:postgresql://127.0.0.1:5432/shop'."));
        }
        return connection;
    }

    private static boolean isConnectionLost(SQLException e) {
        @Nullable String state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    private static ProblemException failed(SQLException e) {
        String code = isConnectionLost(e) ? "dev.shop-unreachable" : "dev.shop-failed";
        return new ProblemException(
                ExitCode.ENVIRONMENT, Problem.error(code, "", "the shop's database says: " + e.getMessage(), ""), e);
    }
}
