package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.network.SocketServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsReloadTest {
    @TempDir
    Path folder;

    @Test
    void newConnectionsGetTheRenewedCertificateAndABrokenFileChangesNothing() throws Exception {
        Keys keys = new Keys(folder);
        keys.make("server");
        Path former = Files.copy(folder.resolve("server.crt"), folder.resolve("former.crt"));
        Map<String, String> p = new HashMap<>();
        p.put("listeners", "SSL://127.0.0.1:0");
        p.put("ssl.keystore.type", "PKCS12");
        p.put("ssl.keystore.location", keys.file("server.p12"));
        p.put("ssl.keystore.password", Keys.PASSWORD);
        try (LightBroker broker = LightBroker.start(folder.resolve("data"), p)) {
            SocketServer sockets = broker.part(SocketServer.class);
            assertThat(Clients.ask(trusting(broker, former))).isNull();

            keys.make("server");
            Files.setLastModifiedTime(
                    folder.resolve("server.p12"), FileTime.from(Instant.now().plusSeconds(60)));
            sockets.reloadKeys();
            assertThat(Clients.ask(trusting(broker, folder.resolve("server.crt"))))
                    .isNull();
            assertThat(Clients.ask(trusting(broker, former))).isInstanceOf(SslAuthenticationException.class);

            Files.writeString(folder.resolve("server.p12"), "no keys");
            sockets.reloadKeys();
            assertThat(Clients.ask(trusting(broker, folder.resolve("server.crt"))))
                    .isNull();
        }
    }

    private static Map<String, Object> trusting(LightBroker broker, Path certificate) {
        return Clients.to(
                broker.bootstrapServers(),
                Map.of(
                        "security.protocol", "SSL",
                        "ssl.truststore.type", "PEM",
                        "ssl.truststore.location", certificate.toString()));
    }
}
