package io.millrace.connectors.iothttp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Key stores from PEM files (RFC 7468). */
final class PemFiles {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");

    private PemFiles() {}

    /** A store with the server's key, without a password. */
    static KeyStore server(Path certificate, Path privateKey) throws BadFileException {
        Certificate[] chain = certificates(certificate);
        PrivateKey key = privateKey(privateKey);
        if (!key.getAlgorithm().equals(chain[0].getPublicKey().getAlgorithm())) {
            throw new BadFileException(
                    "'" + privateKey + "' is a key of kind " + key.getAlgorithm() + ", but '"
                            + certificate + "' is for one of kind "
                            + chain[0].getPublicKey().getAlgorithm()
                            + ".",
                    "Name the two that belong together.");
        }
        try {
            KeyStore store = empty();
            store.setKeyEntry("server", key, new char[0], chain);
            return store;
        } catch (GeneralSecurityException e) {
            throw new BadFileException(
                    "'" + certificate + "' and '" + privateKey + "' do not go together: " + e.getMessage() + ".",
                    "Name the two that belong together.");
        }
    }

    /** A store of certificates to trust. */
    static KeyStore trusted(Path certificates) throws BadFileException {
        KeyStore store = empty();
        int number = 0;
        for (Certificate certificate : certificates(certificates)) {
            try {
                store.setCertificateEntry("ca-" + number++, certificate);
            } catch (GeneralSecurityException e) {
                throw new BadFileException(
                        "'" + certificates + "' cannot be trusted: " + e.getMessage() + ".",
                        "Name other certificates.");
            }
        }
        return store;
    }

    private static KeyStore empty() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java has PKCS12", e);
        }
    }

    private static Certificate[] certificates(Path file) throws BadFileException {
        byte[] text = text(file).getBytes(StandardCharsets.UTF_8);
        try {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text))
                    .toArray(Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            // said below
        }
        throw new BadFileException(
                "'" + file + "' holds no certificate.", "It must have '-----BEGIN CERTIFICATE-----'.");
    }

    private static PrivateKey privateKey(Path file) throws BadFileException {
        Matcher block = BLOCK.matcher(text(file));
        while (block.find()) {
            String kind = block.group(1);
            if (kind.equals("PRIVATE KEY")) {
                return privateKey(file, Base64.getMimeDecoder().decode(block.group(2)));
            }
            if (kind.endsWith("PRIVATE KEY")) {
                throw new BadFileException(
                        "'" + file + "' holds '" + kind + "'.",
                        "Write it as PKCS#8, not encrypted: 'openssl pkcs8 -topk8 -nodes -in <file>'.");
            }
        }
        throw new BadFileException(
                "'" + file + "' holds no private key.", "It must have '-----BEGIN PRIVATE KEY-----'.");
    }

    private static PrivateKey privateKey(Path file, byte[] pkcs8) throws BadFileException {
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // perhaps of another kind
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java has keys of kind " + kind, e);
            }
        }
        throw new BadFileException(
                "'" + file + "' holds a private key of a kind that is not known.", "Use one of " + KEY_KINDS + ".");
    }

    private static String text(Path file) throws BadFileException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new BadFileException(
                    "'" + file + "' cannot be read (" + e.getClass().getSimpleName() + ").", "Is it there, and text?");
        }
    }
}
