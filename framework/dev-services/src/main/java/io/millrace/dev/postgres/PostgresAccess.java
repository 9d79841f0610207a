package io.millrace.dev.postgres;

/**
 * How to reach a running server.
 *
 * @param port on 127.0.0.1
 * @param warehouse the second database, for sinks; a user of its own owns it
 * @param database the shop's database; {@code user} owns it
 * @param user may log in and replicate; no superuser
 * @param adminUser the superuser
 * @param pid of the server's main process
 * @param attached whether it was already running and was left alone
 */
public record PostgresAccess(
        int port,
        String database,
        String user,
        String password,
        Warehouse warehouse,
        String adminUser,
        String adminPassword,
        long pid,
        boolean attached) {

    /** A database beside the shop's, and its owner. */
    public record Warehouse(String database, String user, String password) {
        /** The password is left out. */
        @Override
        public String toString() {
            return "Warehouse[" + database + ", " + user + "]";
        }
    }

    public String url() {
        return url(database);
    }

    public String warehouseUrl() {
        return url(warehouse.database());
    }

    private String url(String name) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }

    /** Passwords are left out. */
    @Override
    public String toString() {
        return "PostgresAccess[" + url() + ", pid " + pid + (attached ? ", attached]" : ", started]");
    }
}
