package io.millrace.api;

/**
 * Something a plugin found wrong with a section.
 *
 * @param fault whose it is: what the user wrote, or the environment (an unreachable server, a setting of it)
 * @param code stable, {@code <type>.<what>}, for example {@code postgres-cdc.wal-level}
 * @param field the section's field it concerns; empty when it concerns the section as a whole
 * @param message what is wrong, with the offending value in single quotes, never a secret
 * @param remedy what to do
 */
public record Finding(Fault fault, String code, String field, String message, String remedy) {

    /** Whose fault. */
    public enum Fault {
        YOURS,
        ENVIRONMENT
    }
}
