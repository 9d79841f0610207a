package io.millrace.dev.postgres;

/**
 * How to reach a running server.
 *
 * @param port on 127.0.0.1
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
        String adminUser,
        String adminPassword,
        long pid,
        boolean attached) {

    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Passwords are left out. */
    @Override
    public String toString() {
        return "PostgresAccess[" + url() + ", pid " + pid + (attached ? ", attached]" : ", started]");
    }
}
