package io.millrace.layers.topology;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a table keeps of a row that it has written: the SHA-256 of its JSON. */
final class RowDigest {
    private RowDigest() {}

    static boolean isOf(byte @Nullable [] digest, byte[] json) {
        return digest != null && Arrays.equals(digest, sha256().digest(json));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
