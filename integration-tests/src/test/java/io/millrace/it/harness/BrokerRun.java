package io.millrace.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/** A {@code millrace broker} of the distribution with two listeners: one open, one of TLS with one user, by SCRAM-SHA-256 or PLAIN. */
public final class BrokerRun implements AutoCloseable {
    public static final String USER = "carol";
    public static final String PASSWORD = "carols-secret";

    private static final String STORE_PASSWORD = "changeit";
    private static final Duration START_WITHIN = Duration.ofSeconds(30);

    private final Path folder;
    private final String plain;
    private final String secure;
    private final MillraceProcess process;

    private BrokerRun(Path folder, String plain, String secure, MillraceProcess process) {
        this.folder = folder;
        this.plain = plain;
        this.secure = secure;
        this.process = process;
    }

    /** Starts it, and makes the user. */
    public static BrokerRun start(Path folder) throws Exception {
        makeKey(folder);
        String plain = "127.0.0.1:" + Ports.free();
        String secure = "127.0.0.1:" + Ports.free();
        Path properties = Files.writeString(
                folder.resolve("server.properties"),
                String.join(
                        "\n",
                        "log.dirs=" + folder.resolve("data"),
                        "listeners=PLAINTEXT://" + plain + ",SECURE://" + secure,
                        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL",
                        "listener.name.secure.sasl.enabled.mechanisms=SCRAM-SHA-256,PLAIN",
                        "listener.name.secure.plain.sasl.jaas.config="
                                + "org.apache.kafka.common.security.plain.PlainLoginModule required user_"
                                + USER + "=\"" + PASSWORD + "\";",
                        "listener.name.secure.scram-sha-256.sasl.jaas.config="
                                + "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                        "ssl.keystore.type=PKCS12",
                        "ssl.keystore.location=" + folder.resolve("server.p12"),
                        "ssl.keystore.password=" + STORE_PASSWORD,
                        "log.retention.ms=-1",
                        "group.initial.rebalance.delay.ms=0",
                        ""));
        MillraceProcess process = MillraceProcess.start(folder, Map.of(), List.of("broker", properties.toString()));
        BrokerRun run = new BrokerRun(folder, plain, secure, process);
        try {
            process.awaitOutput("Serving on", START_WITHIN);
            run.makeUser();
        } catch (Throwable e) {
            run.close();
            throw e;
        }
        return run;
    }

    private static void makeKey(Path folder) throws IOException, InterruptedException {
        List<String> store = List.of(
                "-alias", "key", "-keystore", folder.resolve("server.p12").toString(), "-storepass", STORE_PASSWORD);
        keytool(
                folder,
                store,
                "-genkeypair -storetype PKCS12 -keyalg EC -dname CN=server -validity 2 -ext san=ip:127.0.0.1");
        keytool(folder, store, "-exportcert -rfc -file " + certificate(folder));
    }

    private static void keytool(Path folder, List<String> store, String arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(store);
        Cli.Answer answer = Cli.in(folder).command(command);
        if (answer.status() != 0) {
            throw new IllegalStateException("keytool ended with " + answer.status() + ":\n" + answer.output());
        }
    }

    private void makeUser() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", plain))) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), PASSWORD)))
                    .all()
                    .get(START_WITHIN.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** The open listener. */
    public String bootstrapServers() {
        return plain;
    }

    /** The listener of TLS and passwords. */
    public String secureServers() {
        return secure;
    }

    /** What the secure listener's clients trust, in PEM. */
    public Path certificate() {
        return certificate(folder);
    }

    private static Path certificate(Path folder) {
        return folder.resolve("server.crt");
    }

    /** A partition's first segment. */
    public Path segment(String topic) {
        return folder.resolve("data").resolve(topic + "-0").resolve("00000000000000000000.log");
    }

    @Override
    public void close() {
        process.close();
    }
}
