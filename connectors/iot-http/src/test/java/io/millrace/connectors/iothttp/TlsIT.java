package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIT {
    @TempDir
    static Path folder;

    @BeforeAll
    static void makeKeys() throws Exception {
        makeKey("server", "RSA");
        makeKey("renewed", "EC");
        makeKey("device", "EC");
    }

    /** A self-signed certificate and its key: {@code <name>.crt}, {@code <name>.key}, and both in {@code <name>.p12}. */
    private static void makeKey(String name, String kind) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "key",
                        "-keyalg",
                        kind,
                        "-dname",
                        "CN=" + name,
                        "-validity",
                        "2",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = store(name);
        pem(name + ".crt", "CERTIFICATE", keys.getCertificate("key").getEncoded());
        pem(
                name + ".key",
                "PRIVATE KEY",
                keys.getKey("key", "changeit".toCharArray()).getEncoded());
    }

    private static KeyStore store(String name) throws Exception {
        return KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), "changeit".toCharArray());
    }

    private static void pem(String file, String kind, byte[] bytes) throws IOException {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                                .encodeToString(bytes)
                        + "\n-----END " + kind + "-----\n");
    }

    private static String path(String file) {
        return folder.resolve(file).toString();
    }

    private static SSLContext context(String trusted, String own) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("server", store(trusted).getCertificate("key"));
        TrustManagerFactory trusts = TrustManagerFactory.getInstance("PKIX");
        trusts.init(trust);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own.isEmpty() ? null : store(own), "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusts.getTrustManagers(), null);
        return context;
    }

    private static int post(FakeSourceWorker worker, SSLContext context) throws IOException {
        try (Socket socket = context.getSocketFactory().createSocket("127.0.0.1", worker.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"
                            .getBytes(StandardCharsets.US_ASCII));
            return RawResponse.read(socket.getInputStream()).status();
        }
    }

    private static String served(FakeSourceWorker worker, SSLContext context) {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", worker.port())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void postsComeInByTls() throws Exception {
        try (FakeSourceWorker worker = FakeSourceWorker.start(
                "http.tls.certificate", path("server.crt"), "http.tls.key", path("server.key"))) {
            assertThat(post(worker, context("server", ""))).isEqualTo(200);
        }
    }

    @Test
    void aClientMustShowACertificateWhereThatIsSet() throws Exception {
        try (FakeSourceWorker worker = FakeSourceWorker.start(
                "http.tls.certificate", path("server.crt"),
                "http.tls.key", path("server.key"),
                "http.tls.client.ca", path("device.crt"))) {
            assertThat(post(worker, context("server", "device"))).isEqualTo(200);
            assertThatThrownBy(() -> post(worker, context("server", ""))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> post(worker, context("server", "renewed"))).isInstanceOf(IOException.class);
            assertThat(worker.durable()).hasSize(1);
        }
    }

    @Test
    void aRenewedCertificateIsServedWithoutARestart() throws Exception {
        Files.copy(folder.resolve("server.crt"), folder.resolve("live.crt"));
        Files.copy(folder.resolve("server.key"), folder.resolve("live.key"));
        try (FakeSourceWorker worker =
                FakeSourceWorker.start("http.tls.certificate", path("live.crt"), "http.tls.key", path("live.key"))) {
            assertThat(served(worker, context("server", ""))).isEqualTo("CN=server");

            Files.copy(folder.resolve("renewed.crt"), folder.resolve("live.crt"), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(folder.resolve("renewed.key"), folder.resolve("live.key"), StandardCopyOption.REPLACE_EXISTING);

            SSLContext renewed = context("renewed", "");
            worker.await(() -> served(worker, renewed).equals("CN=renewed"));
        }
    }

    @Test
    void plainHttpIsNotTaken() throws Exception {
        try (FakeSourceWorker worker = FakeSourceWorker.start(
                "http.tls.certificate", path("server.crt"), "http.tls.key", path("server.key"))) {
            assertThatThrownBy(() -> new Client(worker).answer(new Client(worker).json("1")))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void keysThatDoNotBelongTogetherAreTold() {
        assertThatThrownBy(() -> new IotHttpSourceTask()
                        .start(FakeSourceWorker.config(
                                "http.tls.certificate", path("server.crt"), "http.tls.key", path("device.key"))))
                .isInstanceOf(ConfigException.class)
                .hasMessage("http.tls: '" + path("device.key") + "' is a key of kind EC, but '" + path("server.crt")
                        + "' is for one of kind RSA. Name the two that belong together.");
    }

    @Test
    void aKeyInAnOldFormIsToldHowToConvert() throws Exception {
        pem("old.key", "RSA PRIVATE KEY", new byte[] {1});

        assertThatThrownBy(() -> PemFiles.server(folder.resolve("server.crt"), folder.resolve("old.key")))
                .hasMessage("'" + path("old.key")
                        + "' holds 'RSA PRIVATE KEY'. Write it as PKCS#8, not encrypted: 'openssl pkcs8"
                        + " -topk8 -nodes -in <file>'.");
        assertThatThrownBy(() -> PemFiles.server(folder.resolve("server.key"), folder.resolve("server.key")))
                .hasMessage("'" + path("server.key")
                        + "' holds no certificate. It must have '-----BEGIN CERTIFICATE-----'.");
        assertThatThrownBy(() -> PemFiles.server(folder.resolve("server.crt"), folder.resolve("none.key")))
                .hasMessage("'" + path("none.key") + "' cannot be read (NoSuchFileException). Is it there, and text?");
    }
}
