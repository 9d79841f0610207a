package io.millrace.layers.step;

import io.millrace.pipeline.step.Mask;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One way to make a text unreadable. Owned by one thread. */
@FunctionalInterface
interface Masking {
    String REDACTED = "***";

    String apply(String text);

    static Masking of(Mask.Way way) {
        if (way instanceof Mask.Sha256) {
            MessageDigest digest = sha256();
            return text -> hex(digest.digest(bytes(text)));
        }
        if (way instanceof Mask.Hmac hmac) {
            Mac mac = mac(hmac.secret().bytes());
            return text -> hex(mac.doFinal(bytes(text)));
        }
        if (way instanceof Mask.KeepFirst first) {
            return text -> stars(text, first.count(), true);
        }
        if (way instanceof Mask.KeepLast last) {
            return text -> stars(text, last.count(), false);
        }
        if (way instanceof Mask.Truncate truncate) {
            return text -> text.codePointCount(0, text.length()) <= truncate.count()
                    ? text
                    : text.substring(0, text.offsetByCodePoints(0, truncate.count()));
        }
        return text -> REDACTED;
    }

    /** A text that is no longer than what would be kept is not kept at all. */
    private static String stars(String text, int kept, boolean first) {
        int length = text.codePointCount(0, text.length());
        if (length <= kept) {
            return "*".repeat(length);
        }
        String stars = "*".repeat(length - kept);
        return first
                ? text.substring(0, text.offsetByCodePoints(0, kept)) + stars
                : stars + text.substring(text.offsetByCodePoints(0, length - kept));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Mac mac(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
