package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.s3.S3Access;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pipeline {@code outage}, running, between servers of its own that can be away one by one: a source database, and three targets, two of
 * them behind proxies.
 */
public final class OutageRun implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(90);
    private static final String BUCKET = "lake";
    private static final String TOKEN = "outage-token-of-a-test";
    private static final Pattern BROKER = Pattern.compile("broker +(127\\.0\\.0\\.1:\\d+)");

    private final Path folder;
    private final OutageServers servers;
    private final StormProxy s3Proxy;
    private final StormProxy searchProxy;
    private final Lake lake;
    private final Devices devices;
    private final MillraceProcess process;

    private OutageRun(Path folder, OutageServers servers) throws Exception {
        this.folder = folder;
        this.servers = servers;
        this.s3Proxy = StormProxy.before(servers.s3().access().port());
        this.searchProxy = StormProxy.before(servers.search().access().port());
        this.lake = new Lake(servers.s3().access().folder().resolve(BUCKET));
        int port = Ports.free();
        this.devices = new Devices(URI.create("http://127.0.0.1:" + port + "/"), TOKEN);
        this.process = MillraceProcess.start(
                folder,
                environment(port),
                List.of("run", pipeline().toString(), "--data-dir", data(), "--broker-port", "0"));
    }

    /**
     * Starts the servers, and the pipeline on an empty database and an index of readings in which the field {@code code} is a number.
     *
     * @param items how the source's table is filled
     */
    public static OutageRun start(Path folder, String items) throws Exception {
        OutageServers servers = OutageServers.up(folder, BUCKET);
        try {
            new SearchIndex(servers.search().access().url())
                    .put("readings", "{\"mappings\": {\"properties\": {\"code\": {\"type\": \"integer\"}}}}");
            try (ShopSource source = source(servers)) {
                source.execute("create table items (id integer primary key, note text not null)");
                source.execute(items);
            }
            return new OutageRun(folder, servers);
        } catch (Exception e) {
            servers.close();
            throw e;
        }
    }

    /** Waits until the pipeline runs. */
    public void awaitRunning() throws Exception {
        process.awaitOutput("Running", STARTS_WITHIN);
    }

    private Map<String, String> environment(int port) {
        PostgresAccess source = servers.source().access();
        PostgresAccess warehouse = servers.warehouse().access();
        S3Access s3 = servers.s3().access();
        return Map.ofEntries(
                Map.entry("MILLRACE_JVM_OPTS", Cli.QUICK_COMPILER),
                Map.entry("IOT_PORT", Integer.toString(port)),
                Map.entry("IOT_TOKEN", TOKEN),
                Map.entry("SOURCE_URL", source.url()),
                Map.entry("SOURCE_USER", source.user()),
                Map.entry("SOURCE_PASSWORD", source.password()),
                Map.entry(
                        "WAREHOUSE_URL",
                        warehouse.warehouseUrl() + "?user="
                                + warehouse.warehouse().user() + "&password="
                                + warehouse.warehouse().password()),
                Map.entry("SEARCH_URL", "http://127.0.0.1:" + searchProxy.port()),
                Map.entry("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:" + s3Proxy.port()),
                Map.entry("AWS_ACCESS_KEY_ID", s3.accessKeyId()),
                Map.entry("AWS_SECRET_ACCESS_KEY", s3.secretAccessKey()),
                Map.entry("AWS_REGION", s3.region()));
    }

    private Path pipeline() throws IOException {
        Path file = folder.resolve("outage.yaml");
        try (InputStream text = OutageRun.class.getResourceAsStream("/io/millrace/it/outage.yaml")) {
            Files.write(file, text.readAllBytes());
        }
        return file;
    }

    /** The folder of the run's own data. */
    public String data() {
        return folder.resolve("data").toString();
    }

    public Devices devices() {
        return devices;
    }

    /** Where the broker listens. */
    public String broker() throws Exception {
        process.awaitOutput("broker ", STARTS_WITHIN);
        Matcher matcher = BROKER.matcher(process.output());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /** What was printed last. */
    public String tail() {
        String output = process.output();
        return output.substring(Math.max(0, output.length() - 4000));
    }

    /** The database that changes are captured from. */
    public Server<PostgresAccess> sourceServer() {
        return servers.source();
    }

    /** The process of a target. */
    public Server<?> server(Target target) {
        return servers.of(target);
    }

    /** Brings a server back; where it has another port now, its proxy knows. */
    public void start(Server<?> server) {
        server.start();
        s3Proxy.moveTo(servers.s3().access().port());
        searchProxy.moveTo(servers.search().access().port());
    }

    /** The proxies, that of S3 and that of the search index. */
    public List<StormProxy> proxies() {
        return List.of(s3Proxy, searchProxy);
    }

    public ShopSource source() throws SQLException {
        return source(servers);
    }

    private static ShopSource source(OutageServers servers) throws SQLException {
        PostgresAccess access = servers.source().access();
        return new ShopSource(access.url(), access.user(), access.password());
    }

    public Warehouse warehouse() throws SQLException {
        PostgresAccess access = servers.warehouse().access();
        return new Warehouse(
                access.warehouseUrl(),
                access.warehouse().user(),
                access.warehouse().password());
    }

    public SearchIndex index() {
        return new SearchIndex(servers.search().access().url());
    }

    public Lake lake() {
        return lake;
    }

    /** What the targets hold. */
    public TargetContents contents() {
        return new TargetContents(this);
    }

    @Override
    public void close() throws Exception {
        process.close();
        s3Proxy.close();
        searchProxy.close();
        lake.close();
        servers.close();
    }
}
