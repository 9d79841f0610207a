package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.JdbcSinkConfig.Login;
import java.io.Closeable;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the driver of a database in the plugin's folder or in jars that the user named, and makes connections with it. {@code DriverManager} is not
 * asked: it does not see the drivers of a plugin. One per task; close it after its connections.
 */
final class Drivers implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Drivers.class);

    /** There is no driver for the url. */
    static final class NoDriverException extends ConnectException {
        private static final long serialVersionUID = 1L;

        NoDriverException(Login login) {
            super("jdbc.driver: " + message(login) + " " + remedy(login));
        }

        static String message(Login login) {
            return "there is no JDBC driver for " + login.address().dialect().product() + " here.";
        }

        static String remedy(Login login) {
            return "Put the jar of " + login.address().dialect().driver()
                    + " into the folder of the plugin ('plugins/jdbc'), or name it by 'driver'.";
        }
    }

    private final Login login;
    private final String application;
    private @Nullable URLClassLoader jars;
    private @Nullable Driver driver;

    Drivers(Login login, String application) {
        this.login = login;
        this.application = application;
    }

    /** A new connection, set up, in autocommit. */
    Connection connect() throws SQLException {
        Driver found = driver == null ? find() : driver;
        driver = found;
        Properties properties = new Properties();
        login.user().ifPresent(user -> properties.setProperty("user", user));
        login.password().ifPresent(password -> properties.setProperty("password", password.value()));
        login.address().dialect().configure(properties, application, login.timeout());
        @Nullable Connection connection = found.connect(login.address().url(), properties);
        if (connection == null) {
            throw new NoDriverException(login);
        }
        try {
            login.address().dialect().prepare(connection, login.timeout());
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection could not be closed", e);
        }
    }

    private Driver find() throws SQLException {
        Iterator<Driver> drivers = ServiceLoader.load(Driver.class, loader()).iterator();
        while (true) {
            try {
                if (!drivers.hasNext()) {
                    throw new NoDriverException(login);
                }
                Driver next = drivers.next();
                if (next.acceptsURL(login.address().url())) {
                    return next;
                }
            } catch (ServiceConfigurationError e) {
                // Another driver that does not load is none of ours.
                LOG.debug("a JDBC driver cannot be loaded", e);
            }
        }
    }

    private ClassLoader loader() {
        ClassLoader own = Drivers.class.getClassLoader();
        ClassLoader parent = own == null ? ClassLoader.getSystemClassLoader() : own;
        if (login.driver().isEmpty()) {
            return parent;
        }
        List<URL> urls = new ArrayList<>();
        for (Path jar : login.driver()) {
            missing(jar).ifPresent(what -> {
                throw new ConnectException("jdbc.driver: " + what + " Correct 'driver'.");
            });
            try {
                urls.add(jar.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new ConnectException("jdbc.driver: '" + jar + "' is not a file. Correct 'driver'.", e);
            }
        }
        URLClassLoader opened = new URLClassLoader(urls.toArray(URL[]::new), parent);
        jars = opened;
        return opened;
    }

    static Optional<String> missing(Path jar) {
        return Files.isRegularFile(jar) ? Optional.empty() : Optional.of("there is no file '" + jar + "'.");
    }

    @Override
    public void close() {
        URLClassLoader opened = jars;
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException e) {
                LOG.debug("the jars of a JDBC driver could not be closed", e);
            }
        }
    }
}
