package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Self-signed certificates: {@code <name>.pem} (key and certificate), {@code <name>.crt}, {@code <name>.p12}; the password is changeit. */
record Keys(Path folder) {
    static final String PASSWORD = "changeit";

    /** Makes a key of a server on 127.0.0.1, or of a client; one that is there is replaced. */
    void make(String name) throws Exception {
        Files.deleteIfExists(folder.resolve(name + ".p12"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-validity",
                "2"));
        command.addAll(List.of(
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file(name + ".p12"),
                "-storepass",
                PASSWORD));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), PASSWORD.toCharArray());
        String certificate = pem("CERTIFICATE", keys.getCertificate("key").getEncoded());
        String key =
                pem("PRIVATE KEY", keys.getKey("key", PASSWORD.toCharArray()).getEncoded());
        replace(name + ".crt", certificate);
        replace(name + ".pem", key + certificate);
    }

    /** As a careful renewal does: the file is never seen half written. */
    private void replace(String name, String text) throws IOException {
        Path fresh = Files.writeString(folder.resolve(name + ".new"), text);
        Files.move(fresh, folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    String file(String name) {
        return folder.resolve(name).toString();
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(bytes)
                + "\n-----END " + kind + "-----\n";
    }
}
