package io.millrace.connectors.iothttp;

import io.millrace.connectors.common.Trouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens that may post, as digests (RFC 6750). Any thread may ask; one thread calls {@link #refresh()}. A file that cannot be read any
 * more, or holds no token any more, leaves the tokens as they were.
 */
final class BearerTokens {
    private static final Logger LOG = LoggerFactory.getLogger(BearerTokens.class);
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final List<byte[]> fixed;
    private final Optional<Path> file;
    private volatile List<byte[]> all;
    private FileStamp stamp;
    private boolean complained;

    private BearerTokens(List<byte[]> fixed, Optional<Path> file, List<byte[]> all, FileStamp stamp) {
        this.fixed = fixed;
        this.file = file;
        this.all = all;
        this.stamp = stamp;
    }

    /** @throws ConfigException when the file cannot be read, or holds something that is no token */
    static BearerTokens of(IotHttpSourceConfig.Auth auth) {
        List<byte[]> fixed = auth.tokens().map(Password::value).map(BearerTokens::list).orElse(List.of()).stream()
                .map(BearerTokens::digest)
                .toList();
        FileStamp stamp = auth.tokenFile().map(FileStamp::of).orElse(FileStamp.NONE);
        List<byte[]> all = new ArrayList<>(fixed);
        if (auth.tokenFile().isPresent()) {
            try {
                all.addAll(read(auth.tokenFile().get()));
            } catch (BadFileException e) {
                throw new ConfigException(Settings.BEARER_FILE.key() + ": " + e.getMessage());
            }
        }
        return new BearerTokens(fixed, auth.tokenFile(), List.copyOf(all), stamp);
    }

    /** Whether the token is one of ours; takes the same time whichever it is, and whether it is one. */
    boolean has(String token) {
        byte[] digest = digest(token);
        boolean found = false;
        for (byte[] known : all) {
            found |= MessageDigest.isEqual(known, digest);
        }
        return found;
    }

    /** Reads the file again, if it changed. */
    void refresh() {
        if (file.isEmpty()) {
            return;
        }
        FileStamp now = FileStamp.of(file.get());
        if (now.equals(stamp)) {
            return;
        }
        try {
            List<byte[]> next = new ArrayList<>(fixed);
            next.addAll(read(file.get()));
            all = List.copyOf(next);
            stamp = now;
            complained = false;
            LOG.info("tokens are read again (file={})", file.get());
        } catch (BadFileException e) {
            if (!complained) {
                complained = true;
                LOG.warn(
                        "tokens cannot be read again; those known so far stay (file={}, error={})",
                        file.get(),
                        e.getMessage());
            }
        }
    }

    static List<byte[]> read(Path file) throws BadFileException {
        List<byte[]> digests = new ArrayList<>();
        int number = 0;
        for (String line : lines(file)) {
            number++;
            String token = line.strip();
            if (token.isEmpty() || token.startsWith("#")) {
                continue;
            }
            if (!TOKEN.matcher(token).matches()) {
                throw new BadFileException(
                        "Line " + number + " of '" + file + "' is not a token.",
                        "A token is letters, digits and any of '-._~+/', then any '='.");
            }
            digests.add(digest(token));
        }
        if (digests.isEmpty()) {
            throw new BadFileException("'" + file + "' holds no token.", "Write one in a line.");
        }
        return digests;
    }

    private static List<String> lines(Path file) throws BadFileException {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new BadFileException(
                    "'" + file + "' cannot be read (" + e.getClass().getSimpleName() + ").", "Is it there, and UTF-8?");
        }
    }

    /** What is wrong with a text of tokens; never shows one. */
    static Optional<Trouble> trouble(String text) {
        List<String> tokens = list(text);
        if (tokens.isEmpty()) {
            return Optional.of(new Trouble("There is no token.", "Write at least one."));
        }
        for (int index = 0; index < tokens.size(); index++) {
            if (!TOKEN.matcher(tokens.get(index)).matches()) {
                return Optional.of(
                        new Trouble(
                                "Token " + (index + 1) + " of " + tokens.size() + " is not one that a client can send.",
                                "A token is letters, digits and any of '-._~+/', then any '='; several are separated by commas."));
            }
        }
        return Optional.empty();
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(token -> !token.isEmpty())
                .toList();
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
