package io.millrace.connectors.iothttp;

import io.millrace.api.Finding;
import io.millrace.api.Section;
import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.Trouble;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can only be told where the source is to run, and with every reference resolved: files, address, port, and who could reach it. */
final class Preflight {
    private final Section section;
    private final List<Finding> findings = new ArrayList<>();

    Preflight(Section section) {
        this.section = section;
    }

    List<Finding> find() {
        tls();
        tokens();
        String host = section.field(Settings.HOST.field()).orElse("127.0.0.1");
        exposure(host);
        limits();
        port(host);
        return List.copyOf(findings);
    }

    private void tls() {
        Optional<Path> certificate = file(Settings.CERTIFICATE);
        Optional<Path> key = file(Settings.PRIVATE_KEY);
        Optional<Path> clientCa = file(Settings.CLIENT_CA);
        if (certificate.isPresent() != key.isPresent()) {
            String missing = (certificate.isPresent() ? Settings.PRIVATE_KEY : Settings.CERTIFICATE).field();
            yours(
                    "tls",
                    missing,
                    "Only one of 'tls.certificate' and 'tls.key' is set.",
                    "Set '" + missing + "' too, or neither to go without TLS.");
        } else if (certificate.isPresent()) {
            try {
                PemFiles.server(certificate.get(), key.orElseThrow());
            } catch (BadFileException e) {
                yours("tls", Settings.CERTIFICATE.field(), e.trouble());
            }
        } else if (clientCa.isPresent()) {
            yours(
                    "tls",
                    Settings.CLIENT_CA.field(),
                    "'tls.client_ca' is set without TLS.",
                    "Set 'tls.certificate' and 'tls.key' too.");
        }
        clientCa.ifPresent(file -> {
            try {
                PemFiles.trusted(file);
            } catch (BadFileException e) {
                yours("tls", Settings.CLIENT_CA.field(), e.trouble());
            }
        });
    }

    private void tokens() {
        file(Settings.BEARER_FILE).ifPresent(file -> {
            try {
                BearerTokens.read(file);
            } catch (BadFileException e) {
                yours("auth-bearer-file", Settings.BEARER_FILE.field(), e.trouble());
            }
        });
    }

    private void exposure(String host) {
        boolean authenticated = Settings.FIELDS.stream()
                .filter(setting ->
                        setting == Settings.BEARER || setting == Settings.BEARER_FILE || setting == Settings.CLIENT_CA)
                .anyMatch(setting -> section.field(setting.field()).isPresent());
        boolean insecure = section.field(Settings.INSECURE.field())
                .map(Boolean::parseBoolean)
                .orElse(false);
        Exposure.of(host, file(Settings.CERTIFICATE).isPresent(), authenticated, insecure)
                .forEach(exposure -> yours("exposed", Settings.HOST.field(), exposure.message(), exposure.remedy()));
    }

    private void limits() {
        IotHttpSourceConfig.Limits.inFlightTrouble(
                        bytes(Settings.MAX_BODY), bytes(Settings.MAX_INFLATED), bytes(Settings.MAX_IN_FLIGHT))
                .ifPresent(trouble -> yours("max-in-flight", Settings.MAX_IN_FLIGHT.field(), trouble));
    }

    private long bytes(Setting setting) {
        return section.field(setting.field())
                .or(() -> Optional.ofNullable(setting.fallback()).map(Object::toString))
                .flatMap(Quantity::bytes)
                .orElse(0L);
    }

    private void port(String host) {
        int port = Integer.parseInt(section.field(Settings.PORT.field()).orElse("0"));
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (UnknownHostException e) {
            environment(
                    "host",
                    Settings.HOST.field(),
                    "'" + host + "' is no address of this machine.",
                    "Write one, such as '127.0.0.1'.");
        } catch (IOException e) {
            environment(
                    "port",
                    Settings.PORT.field(),
                    "Port " + port + " of '" + host + "' cannot be listened on: " + e.getMessage() + ".",
                    "Stop what listens there, or choose another 'port'.");
        }
    }

    private Optional<Path> file(Setting setting) {
        return section.field(setting.field()).map(Path::of);
    }

    private void yours(String code, String field, Trouble trouble) {
        yours(code, field, trouble.message(), trouble.remedy());
    }

    private void yours(String code, String field, String message, String remedy) {
        findings.add(new Finding(Finding.Fault.YOURS, IotHttpShorthand.TYPE + "." + code, field, message, remedy));
    }

    private void environment(String code, String field, String message, String remedy) {
        findings.add(
                new Finding(Finding.Fault.ENVIRONMENT, IotHttpShorthand.TYPE + "." + code, field, message, remedy));
    }
}
