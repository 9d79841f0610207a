package io.millrace.dev.process;

import java.security.SecureRandom;

/** Makes passwords and keys for servers that listen on this machine only. */
public final class Secrets {
    private static final String LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

    private Secrets() {}

    /** Letters and digits only, so that it needs no quoting anywhere. */
    public static String create(int length) {
        return new SecureRandom()
                .ints(length, 0, LETTERS.length())
                .mapToObj(LETTERS::charAt)
                .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
                .toString();
    }
}
