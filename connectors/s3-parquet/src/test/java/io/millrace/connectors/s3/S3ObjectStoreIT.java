package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.Finding;
import io.millrace.api.Section;
import io.millrace.connectors.common.FakeSinkWorker;
import io.millrace.connectors.common.ManualClock;
import io.millrace.connectors.s3.parquet.Duck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Against a real server that speaks S3. */
class S3ObjectStoreIT extends ObjectStoreContract {
    private static final long MIB = 1L << 20;

    @TempDir
    static Path server;

    private static S3ProxyProcess s3;
    private static int buckets;

    private String bucket;
    private Path bucketFolder;
    private ObjectStore store;

    @BeforeAll
    static void startServer() throws Exception {
        s3 = S3ProxyProcess.start(server);
    }

    @AfterAll
    static void stopServer() throws Exception {
        s3.close();
    }

    @BeforeEach
    void newBucket() throws Exception {
        buckets++;
        bucket = "lake-" + buckets;
        bucketFolder = s3.bucket(bucket);
        store = S3ObjectStore.open(location(bucket, S3ProxyProcess.SECRET_ACCESS_KEY));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    ObjectStore store() {
        return store;
    }

    @Override
    byte[] content(String key) {
        try (S3Client client = S3Clients.forTask(location(bucket, S3ProxyProcess.SECRET_ACCESS_KEY))) {
            return client.getObjectAsBytes(request -> request.bucket(bucket).key(key))
                    .asByteArray();
        }
    }

    @Test
    void aLargeFileGoesUpInPartsAndIsOneObject() throws Exception {
        byte[] bytes = new byte[(int) (12 * MIB + 1)];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(files.resolve("large"), bytes);
        try (ObjectStore inParts = new S3ObjectStore(
                S3Clients.forTask(location(bucket, S3ProxyProcess.SECRET_ACCESS_KEY)), bucket, 6 * MIB, 5 * MIB)) {
            inParts.upload("large.parquet", file);
        }

        assertThat(content("large.parquet")).isEqualTo(bytes);
    }

    @Test
    void aFileThatIsAwayIsNoUpload() {
        assertThatThrownBy(() -> store.upload("key", files.resolve("never-there")))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessage("S3 bucket '" + bucket + "': uploading 'key' failed: java.nio.file.NoSuchFileException: "
                        + files.resolve("never-there"));
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void aServerThatIsAwayIsWorthAnotherTry() throws Exception {
        Path file = file("x");
        try (ObjectStore away = S3ObjectStore.open(new S3ParquetSinkConfig.Location(
                "lake",
                Optional.empty(),
                Optional.of("http://127.0.0.1:1"),
                Optional.of("a"),
                Optional.of(new Password("b")),
                Optional.empty()))) {
            assertThatThrownBy(() -> away.upload("key", file))
                    .isInstanceOf(RetriableException.class)
                    .hasMessageStartingWith("S3 bucket 'lake': uploading 'key' failed: ");
        }
    }

    @Test
    void refusedCredentialsAreNot() throws Exception {
        Path file = file("x");
        try (ObjectStore refused = S3ObjectStore.open(location(bucket, "wrong"))) {
            assertThatThrownBy(() -> refused.upload("key", file))
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessage("S3 bucket '" + bucket
                            + "': uploading 'key' failed: HTTP status 403, SignatureDoesNotMatch");
        }
    }

    @Test
    void preflightTellsWhatIsInTheWay() {
        assertThat(preflight(bucket, s3.endpoint(), S3ProxyProcess.SECRET_ACCESS_KEY))
                .isEmpty();
        assertThat(preflight("no-such-bucket", s3.endpoint(), S3ProxyProcess.SECRET_ACCESS_KEY))
                .containsExactly(environment(
                        "no-bucket",
                        "bucket",
                        "The bucket 'no-such-bucket' at '" + s3.endpoint() + "' does not exist.",
                        "Create it or correct 'bucket'."));
        assertThat(preflight(bucket, s3.endpoint(), "wrong"))
                .containsExactly(environment(
                        "forbidden",
                        "access_key_id",
                        "The bucket '" + bucket + "' at '" + s3.endpoint() + "' refuses the credentials.",
                        "Correct 'access_key_id' and 'secret_access_key', or let their owner list, read, write and delete in"
                                + " the bucket."));
        assertThat(preflight(bucket, "http://127.0.0.1:1", "any"))
                .containsExactly(environment(
                        "unreachable",
                        "endpoint",
                        "S3 at 'http://127.0.0.1:1' cannot be reached: ConnectException (Connection refused).",
                        "Start the server, correct 'endpoint', or look at the network between."));
    }

    @Test
    void aTaskThatDiesBetweenUploadAndCommitLeavesEachRecordOnce() throws Exception {
        // Given
        ManualClock clock = new ManualClock();
        FakeSinkWorker worker = new FakeSinkWorker(() -> new S3ParquetSinkTask(any -> store, clock));
        for (int offset = 0; offset < 100; offset++) {
            worker.append(Orders.onDay(Orders.row(offset % 2, offset, offset, "de"), offset % 3));
        }
        worker.start(config("s3.roll.records", "20"));
        worker.poll(30);
        worker.crash();
        int leftovers = store.list("").size();
        // When
        worker.start(config("s3.roll.records", "7"));
        while (!worker.drained()) {
            worker.poll(9);
        }
        clock.pass(Duration.ofDays(1));
        worker.commit();
        // Then
        assertThat(leftovers).isEqualTo(6);
        assertThat(worker.committed)
                .isEqualTo(Map.of(new TopicPartition(Orders.TOPIC, 0), 99L, new TopicPartition(Orders.TOPIC, 1), 100L));
        try (Duck duck = new Duck()) {
            assertThat(duck.rows(
                            "SELECT count(*), count(DISTINCT _offset), min(dt)::VARCHAR, max(dt)::VARCHAR FROM read_parquet('"
                                    + bucketFolder + "/**/*.parquet', union_by_name = true, hive_partitioning = true)"))
                    .containsExactly("100|100|1996-07-07|1996-07-09");
        }
    }

    private Map<String, String> config(String... more) {
        Map<String, String> config = new HashMap<>(Orders.config(more));
        config.put("s3.temp.dir", files.resolve("temp").toString());
        return config;
    }

    private static S3ParquetSinkConfig.Location location(String bucket, String secret) {
        return new S3ParquetSinkConfig.Location(
                bucket,
                Optional.empty(),
                Optional.of(s3.endpoint()),
                Optional.of(S3ProxyProcess.ACCESS_KEY_ID),
                Optional.of(new Password(secret)),
                Optional.empty());
    }

    private static List<Finding> preflight(String bucket, String endpoint, String secret) {
        Map<String, String> fields = Map.of(
                "bucket", bucket,
                "endpoint", endpoint,
                "access_key_id", S3ProxyProcess.ACCESS_KEY_ID,
                "secret_access_key", secret);
        return new ArrayList<>(
                new S3ParquetShorthand().preflight(new Section("shop", "lake", "shop.lake", fields, List.of())));
    }

    private static Finding environment(String what, String field, String message, String remedy) {
        return new Finding(Finding.Fault.ENVIRONMENT, "s3-parquet." + what, field, message, remedy);
    }
}
