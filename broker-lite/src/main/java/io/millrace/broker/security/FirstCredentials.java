package io.millrace.broker.security;

import io.millrace.broker.metadata.Metadata;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SCRAM credentials that the properties name, so that somebody can log in to a new broker. Made where the user has none of the mechanism; one that
 * is there stays as it is, so that a password that was changed since stays changed. Passwords are neither logged nor kept.
 */
public final class FirstCredentials {
    /** {@code millrace.broker.scram-sha-512.user.<name>=<password>}. */
    private static final Pattern PROPERTY =
            Pattern.compile("millrace\\.broker\\.(scram-sha-256|scram-sha-512)\\.user\\.(.+)");

    private static final Logger LOG = LoggerFactory.getLogger(FirstCredentials.class);
    /** As Kafka's tools have it where nobody says otherwise. */
    private static final int ITERATIONS = 4096;

    private static final long SECONDS = 30;

    private FirstCredentials() {}

    /** Whether a property names such a credential. */
    public static boolean isNamedBy(String property) {
        return PROPERTY.matcher(property).matches();
    }

    /**
     * Makes those that are missing, and returns when clients can log in with them.
     *
     * @param properties of the broker
     * @throws ProblemException YOURS, if one cannot be made
     */
    public static void make(Map<String, ?> properties, Metadata metadata) {
        AlterUserScramCredentialsRequestData missing = new AlterUserScramCredentialsRequestData();
        List<String> keys = new ArrayList<>();
        new TreeMap<>(properties).forEach((key, password) -> {
            Matcher named = PROPERTY.matcher(key);
            if (!named.matches()) {
                return;
            }
            ScramMechanism mechanism =
                    ScramMechanism.fromMechanismName(named.group(1).toUpperCase(Locale.ROOT));
            String user = named.group(2);
            if (!isThere(metadata, mechanism, user)) {
                missing.upsertions().add(credential(key, mechanism, user, String.valueOf(password)));
                keys.add(key);
            }
        });
        if (!keys.isEmpty()) {
            make(missing, keys, metadata);
        }
    }

    private static boolean isThere(Metadata metadata, ScramMechanism mechanism, String user) {
        return metadata.image()
                .scram()
                .mechanisms()
                .getOrDefault(mechanism, Map.of())
                .containsKey(user);
    }

    private static ScramCredentialUpsertion credential(
            String key, ScramMechanism mechanism, String user, String password) {
        if (password.isBlank()) {
            throw refused(key, "it is empty");
        }
        try {
            ScramFormatter formatter =
                    new ScramFormatter(org.apache.kafka.common.security.scram.internals.ScramMechanism.forMechanismName(
                            mechanism.mechanismName()));
            byte[] salt = formatter.secureRandomBytes();
            return new ScramCredentialUpsertion()
                    .setName(user)
                    .setMechanism(mechanism.type())
                    .setIterations(ITERATIONS)
                    .setSalt(salt)
                    .setSaltedPassword(formatter.saltedPassword(password, salt, ITERATIONS));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + mechanism.mechanismName(), e);
        }
    }

    private static void make(AlterUserScramCredentialsRequestData missing, List<String> keys, Metadata metadata) {
        try {
            var answer = metadata.controller()
                    .alterUserScramCredentials(metadata.ownContext(), missing)
                    .get(SECONDS, TimeUnit.SECONDS);
            answer.results().forEach(result -> {
                if (result.errorCode() != Errors.NONE.code()) {
                    String key = keys.stream()
                            .filter(k -> k.endsWith("." + result.user()))
                            .findFirst()
                            .orElse("");
                    throw refused(key, String.valueOf(result.errorMessage()));
                }
            });
            LOG.atInfo()
                    .addKeyValue("properties", keys)
                    .log("SCRAM credentials were made as the properties say; they can be taken out of these now");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while SCRAM credentials were made", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("SCRAM credentials could not be made", e);
        }
    }

    private static ProblemException refused(String key, String reason) {
        return new ProblemException(
                ExitCode.YOURS,
                Problem.error(
                        "broker.scram-user",
                        key,
                        "The credential of '" + key + "' cannot be made: " + reason + ".",
                        "Give the user a password, as " + key + "=${env:PASSWORD} with config.providers=env."));
    }
}
