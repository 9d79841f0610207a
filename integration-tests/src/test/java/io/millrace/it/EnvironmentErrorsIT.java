package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.postgres.PostgresServer;
import io.millrace.dev.shop.ShopSchema;
import io.millrace.it.harness.Cli;
import io.millrace.it.harness.Cli.Answer;
import io.millrace.it.harness.Distribution;
import io.millrace.it.harness.PostgresPrograms;
import io.millrace.it.harness.Processes;
import io.millrace.it.harness.Services;
import io.millrace.it.harness.ShopSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads when the other side of a connector is not as it must be: all of it, and nothing is left behind. */
@Order(Integer.MAX_VALUE - 2)
class EnvironmentErrorsIT {
    private static final int YOURS = 2;
    private static final int ENVIRONMENT = 3;
    private static final long SEED = 5;
    private static final String STARTING = "Starting the broker\n";
    private static final String NOWHERE = "http://127.0.0.1:1";

    @TempDir
    static Path servers;

    private static Services services;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServers() throws Exception {
        services = Services.ofTheLake(servers);
        try (ShopSource source = services.source()) {
            ShopSchema.create(source.connection(), SEED);
        }
    }

    @AfterAll
    static void stopServers() throws Exception {
        services.close();
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        Processes.assertNoneIn(folder);
    }

    @Test
    void aDatabaseAndAStoreThatDoNotAnswerAreToldTogether() throws Exception {
        Cli cli = reachable()
                .with("SHOP_DB_URL", "jdbc:postgresql://127.0.0.1:1/shop")
                .with("AWS_ENDPOINT_URL_S3", NOWHERE);

        assertThat(run(cli))
                .isEqualTo(new Answer(
                        ENVIRONMENT,
                        STARTING
                                + at("11:10")
                                + "[postgres-cdc.unreachable] no PostgreSQL answers at '127.0.0.1:1'. Start it, or correct"
                                + " host and port of the url.\n"
                                + at("78:3") + "[s3-parquet.unreachable] S3 at '" + NOWHERE
                                + "' cannot be reached: ConnectException (Connection refused). Start the server, correct"
                                + " AWS_ENDPOINT_URL_S3, or look at the network between."));
    }

    @Test
    void anEndpointThatIsNoUrlIsYours() throws Exception {
        assertThat(run(reachable().with("AWS_ENDPOINT_URL_S3", "localhost:9000")))
                .isEqualTo(new Answer(
                        YOURS,
                        STARTING
                                + at("78:3")
                                + "[s3-parquet.endpoint] The endpoint that the environment gives, 'localhost:9000', is not"
                                + " the URL of a server. Set AWS_ENDPOINT_URL_S3 to for example 'http://127.0.0.1:9000',"
                                + " or set 'endpoint'."));
    }

    @Test
    void anEndpointThatIsNoS3IsTold() throws Exception {
        String database = "http://" + services.databaseUrl().replaceAll(".*//([^/]+)/.*", "$1");

        assertThat(run(reachable().with("AWS_ENDPOINT_URL_S3", database)))
                .isEqualTo(new Answer(
                        ENVIRONMENT,
                        STARTING
                                + at("78:3") + "[s3-parquet.unreachable] S3 at '" + database
                                + "' cannot be reached: SocketException (Unexpected end of file from server). Start the"
                                + " server, correct AWS_ENDPOINT_URL_S3, or look at the network between."));
    }

    @Test
    void aBucketThatIsNotThereAndAWrongPasswordAreToldTogether() throws Exception {
        Cli cli = reachable().with("LAKE", "no-such-lake").with("SHOP_DB_PASSWORD", "wrong");

        assertThat(run(cli))
                .isEqualTo(new Answer(
                        YOURS,
                        STARTING
                                + at("13:15") + "[postgres-cdc.credentials] PostgreSQL at '"
                                + services.databaseUrl().replaceAll(".*//([^/]+)/.*", "$1")
                                + "' does not let user 'cdc' in with this password. Check 'user' and 'password', and the"
                                + " server's pg_hba.conf.\n"
                                + at("81:13") + "[s3-parquet.no-bucket] The bucket 'no-such-lake' at '"
                                + services.s3("endpoint") + "' does not exist. Create it or correct 'bucket'."));
    }

    @Test
    void aDatabaseWithoutLogicalDecodingIsTold() throws Exception {
        PostgresPrograms.lend(folder.resolve("replica"));
        PostgresServer server =
                PostgresServer.in(folder.resolve("replica"), line -> {}).with(Map.of("wal_level", "replica"));
        PostgresAccess access = server.up();
        try {
            try (ShopSource source = new ShopSource(access.url(), access.user(), access.password())) {
                ShopSchema.create(source.connection(), SEED);
            }
            Cli cli = reachable().with("SHOP_DB_URL", access.url()).with("SHOP_DB_PASSWORD", access.password());

            assertThat(run(cli))
                    .isEqualTo(new Answer(
                            ENVIRONMENT,
                            STARTING
                                    + at("11:10") + "[postgres-cdc.wal-level] wal_level of '127.0.0.1:" + access.port()
                                    + "' is 'replica', change data capture needs 'logical'. Set wal_level = logical in"
                                    + " postgresql.conf and restart PostgreSQL."));
        } finally {
            server.down();
        }
    }

    @Test
    void aTableThatIsNotThereIsToldAndTheDevServicesAreStopped() throws Exception {
        Path pipeline = folder.resolve("pipeline.yaml");
        Files.writeString(
                pipeline,
                Files.readString(Distribution.lakeShop().resolve("pipeline.yaml"))
                        .replace("public.order_details]", "public.order_details, public.products]"));
        String problem = pipeline
                + ":14:13 [postgres-cdc.table] database 'shop' has no table 'public.products'. Create it, or correct its"
                + " name; names are case-sensitive here.";

        Answer answer = Cli.in(folder)
                .millrace("run", pipeline.toString(), "--dev", "--data-dir", data(), "--broker-port", "0");

        assertThat(answer.status()).isEqualTo(YOURS);
        assertThat(answer.output().lines().map(line -> line.replaceAll("(port|PostgreSQL) [0-9.]+", "$1 N")
                        .replaceAll("(port|PostgreSQL) N( started on port) [0-9]+", "$1 N$2 N")))
                .as("both servers come up at the same time, so their lines may come in any order")
                .containsExactlyInAnyOrder(
                        "Starting the broker",
                        "unpacking PostgreSQL N",
                        "creating the PostgreSQL database cluster",
                        "PostgreSQL N started on port N",
                        "S3 started on port N",
                        "Making the dev shop",
                        "S3 stopped",
                        "PostgreSQL stopped",
                        problem);
        assertThat(answer.output()).endsWith(problem);
    }

    /** Everything is as it must be. */
    private Cli reachable() {
        return Cli.in(folder)
                .with("SHOP_DB_URL", services.databaseUrl())
                .with("SHOP_DB_PASSWORD", services.databasePassword())
                .with("AWS_ENDPOINT_URL_S3", services.s3("endpoint"))
                .with("AWS_ACCESS_KEY_ID", services.s3("access_key_id"))
                .with("AWS_SECRET_ACCESS_KEY", services.s3("secret_access_key"))
                .with("LAKE", "lake");
    }

    private Answer run(Cli cli) throws Exception {
        return cli.millrace("run", Distribution.lakeShop().toString(), "--data-dir", data(), "--broker-port", "0");
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private static String at(String position) {
        return Distribution.lakeShop().resolve("pipeline.yaml") + ":" + position + " ";
    }
}
