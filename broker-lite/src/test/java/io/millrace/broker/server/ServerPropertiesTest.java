package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerPropertiesTest {
    /** What a stock KRaft node is configured with. */
    private static final String STOCK = """
            # The role of this server
            process.roles=broker,controller
            node.id=1
            controller.quorum.bootstrap.servers=localhost:9093
            listeners=PLAINTEXT://:9092,CONTROLLER://:9093
            inter.broker.listener.name=PLAINTEXT
            advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
            num.network.threads=3
            num.io.threads=8
            socket.send.buffer.bytes=102400
            socket.receive.buffer.bytes=102400
            socket.request.max.bytes=104857600
            log.dirs=/tmp/kraft-combined-logs
            num.partitions=1
            num.recovery.threads.per.data.dir=1
            offsets.topic.replication.factor=1
            share.coordinator.state.topic.replication.factor=1
            share.coordinator.state.topic.min.isr=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            log.retention.hours=168
            log.segment.bytes=1073741824
            log.retention.check.interval.ms=300000
            """;

    @TempDir
    Path folder;

    private ServerProperties read(String text, Map<String, String> overrides) throws IOException {
        Path file = Files.writeString(folder.resolve("server.properties"), text);
        return ServerProperties.read(Optional.of(file), overrides, Map.of());
    }

    @Test
    void takesAStockFileAsItIs() throws IOException {
        ServerProperties stock = read(STOCK, Map.of());
        assertThat(stock.warnings()).isEmpty();
        assertThat(stock.folder()).isEqualTo(Path.of("/tmp/kraft-combined-logs"));
        assertThat(stock.withoutMeaning())
                .contains("controller.quorum.bootstrap.servers", "inter.broker.listener.name", "process.roles")
                .doesNotContain("log.dirs", "num.partitions", "node.id");
        assertThat(Endpoints.of(stock.config()).bound()).hasSize(1);
    }

    @Test
    void namesAnUnknownPropertyWithTheNearestKnownOne() throws IOException {
        ServerProperties read = read(STOCK + "log.retention.hour=1\n", Map.of("max.connection", "4"));
        assertThat(read.warnings())
                .extracting(Problem::text)
                .containsExactlyInAnyOrder(
                        folder.resolve("server.properties")
                                + ":26 [broker.unknown-property] 'log.retention.hour' is no property of the broker and changes"
                                + " nothing. Did you mean 'log.retention.hours'? Correct or remove it.",
                        "--set max.connection [broker.unknown-property] 'max.connection' is no property of the broker and"
                                + " changes nothing. Did you mean 'max.connections'? Correct or remove it.");
    }

    @Test
    void propertiesOfAListenerOrAMechanismAreKnown() throws IOException {
        ServerProperties read = read(
                STOCK
                        + "listener.name.plaintext.max.connections=7\nlistener.name.plaintext.plain.sasl.jaas.config=x\n"
                        + "super.users=User:a\nzookeeper.connect=localhost:2181\nreplica.fetch.max.bytes=1\n",
                Map.of());
        assertThat(read.warnings()).isEmpty();
        assertThat(read.withoutMeaning()).contains("zookeeper.connect", "replica.fetch.max.bytes");
    }

    @Test
    void tellsOfPropertiesThatNothingHereReads() throws IOException {
        ServerProperties read =
                read(STOCK + "metric.reporters=a.B\nqueued.max.requests=500\nquota.window.num=12\n", Map.of());
        assertThat(read.withoutMeaning())
                .contains("metric.reporters", "queued.max.requests", "quota.window.num")
                .doesNotContain("queued.max.request.bytes", "socket.request.max.bytes");
    }

    @Test
    void aFolderOfItsOwnForTheMetadataIsRefused() throws IOException {
        assertThat(read(STOCK + "metadata.log.dir=/tmp/../tmp/kraft-combined-logs\n", Map.of())
                        .folder())
                .isEqualTo(Path.of("/tmp/kraft-combined-logs"));
        assertThatThrownBy(() -> read(STOCK + "metadata.log.dir=/tmp/metadata\n", Map.of()))
                .hasMessage(folder.resolve("server.properties")
                        + ":26 [broker.folders] '/tmp/metadata' is another folder than log.dirs [/tmp/kraft-combined-logs];"
                        + " this broker keeps its metadata with its data. Remove the line. If there are topics to keep, move"
                        + " __cluster_metadata-0 from there into the folder of log.dirs.");
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() {
        String file = folder.resolve("server.properties").toString();
        assertThatThrownBy(() -> read("""
                        num.partitions=many
                        log.dirs=/a,/b
                        listeners=PLAINTEXT://0.0.0.0:9092,SSL://:9093
                        queued.max.request.bytes=10
                        max.connections.per.ip.overrides=127.0.0.1:x
                        listener.name.ssl.max.connections=-3
                        log.cleaner.dedupe.buffer.size=1000
                        """, Map.of("broker.id", "2", "node.id", "3")))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problems())
                            .extracting(Problem::text)
                            .contains(
                                    file
                                            + ":1 [broker.bad-value] 'many' is no value for 'num.partitions': Not a number of"
                                            + " type INT. Write a value of type int, or remove the line to have Kafka's"
                                            + " default.",
                                    file
                                            + ":2 [broker.folders] [/a, /b] are 2 folders; this broker keeps its data in one."
                                            + " Name one folder in log.dirs.",
                                    "--set broker.id [broker.node-id] broker.id '2' and node.id '3' differ. Keep node.id and"
                                            + " remove broker.id.");
                    assertThat(e.problems())
                            .extracting(Problem::place, Problem::code)
                            .contains(
                                    tuple(file + ":3", "broker.advertised-listeners"),
                                    tuple(file + ":3", "broker.no-key"),
                                    tuple(file + ":4", "broker.bad-value"),
                                    tuple(file + ":5", "broker.bad-value"),
                                    tuple(file + ":6", "broker.bad-value"),
                                    tuple(file + ":7", "broker.bad-value"));
                });
    }

    @Test
    void aNodeThatWouldOnlyBeAControllerIsRefused() {
        assertThatThrownBy(() -> read("process.roles=controller\n", Map.of()))
                .hasMessageContaining("[broker.role] 'controller' makes a node that serves no clients.");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ServerProperties.read(Optional.of(folder.resolve("none")), Map.of(), Map.of()))
                .hasMessageStartingWith(folder.resolve("none") + " [broker.properties-unreadable] ");
    }

    @Test
    void aRateOfNewConnectionsIsAcceptedAndListedAsWithoutEffect() {
        Map<String, String> set = Map.of(
                "max.connection.creation.rate", "10", "listener.name.plaintext.max.connection.creation.rate", "5");
        ServerProperties read = ServerProperties.read(Optional.empty(), set, Map.of());
        assertThat(read.warnings()).isEmpty();
        assertThat(read.withoutMeaning()).containsExactlyInAnyOrderElementsOf(set.keySet());
    }
}
