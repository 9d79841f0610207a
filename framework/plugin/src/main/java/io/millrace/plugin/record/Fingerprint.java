package io.millrace.plugin.record;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Makes failures of one kind countable: what differs from record to record is taken out of the message before hashing. */
final class Fingerprint {
    /** An apostrophe inside a word opens and closes nothing. */
    private static final Pattern QUOTED =
            Pattern.compile("(?<![\\p{L}\\p{N}])'.*?'(?![\\p{L}\\p{N}])|\"[^\"]*\"|`[^`]*`", Pattern.DOTALL);

    private static final Pattern HEX = Pattern.compile(
            "\\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b|\\b(?=[a-fA-F]*\\d)[0-9a-fA-F]{8,}\\b");
    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final int LENGTH = 12;

    private Fingerprint() {}

    static String of(String stage, String rule, String code, String exceptionClass, String message) {
        String text = String.join("|", stage, rule, code, exceptionClass, normalized(message));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }

    static String normalized(String message) {
        String unquoted = QUOTED.matcher(message).replaceAll("?");
        return DIGITS.matcher(HEX.matcher(unquoted).replaceAll("#")).replaceAll("#");
    }
}
