package io.millrace.app.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What feeds the sources that no server stands behind: a web server's log, and the token of devices that post.
 *
 * @param accessLog the live log; those rotated away stand beside it
 * @param token good for one run; printed nowhere
 */
public record DevInputs(Path accessLog, String token) {
    private static final int TOKEN_BYTES = 24;

    /**
     * @param folder the dev services' data folder
     */
    public static DevInputs in(Path folder) {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return new DevInputs(folder.resolve("weblog/access.log"), HexFormat.of().formatHex(random));
    }

    /** Makes the log's folder: a source looks for it before the first line is written. */
    public void prepare() {
        try {
            Files.createDirectories(accessLog.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a logs source reads. */
    String glob() {
        return accessLog + "*";
    }

    @Override
    public String toString() {
        return "DevInputs[" + accessLog + "]";
    }
}
