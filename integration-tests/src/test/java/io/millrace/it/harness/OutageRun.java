package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.s3.S3Access;
import io.millrace.dev.search.SearchAccess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

    /** Where every reading and every item ends. */
    public enum Target {
        LAKE,
        WAREHOUSE,
        SEARCH;

        /** As the pipeline calls it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** All that a run stands on. */
    private record Servers(
            Server<PostgresAccess> source,
            Server<PostgresAccess> warehouse,
            Server<S3Access> s3,
            Server<SearchAccess> search)
            implements AutoCloseable {

        @Override
        public void close() {
            List.of(source, warehouse, s3, search).forEach(Server::close);
        }

        /** All at the same time; all or none. */
        static Servers up(Path folder) throws Exception {
            CompletableFuture<Server<SearchAccess>> search =
                    inBackground(() -> Server.search(folder.resolve("search")));
            CompletableFuture<Server<PostgresAccess>> source =
                    inBackground(() -> Server.postgres(folder.resolve("source")));
            CompletableFuture<Server<PostgresAccess>> warehouse =
                    inBackground(() -> Server.postgres(folder.resolve("warehouse")));
            CompletableFuture<Server<S3Access>> s3 = inBackground(() -> Server.s3(folder.resolve("s3"), BUCKET));
            try {
                return new Servers(source.join(), warehouse.join(), s3.join(), search.join());
            } catch (CompletionException e) {
                for (CompletableFuture<? extends Server<?>> one : List.of(source, warehouse, s3, search)) {
                    one.thenAccept(Server::close).exceptionally(failure -> null).join();
                }
                throw e;
            }
        }

        private static <T> CompletableFuture<T> inBackground(Callable<T> work) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return work.call();
                        } catch (Exception e) {
                            throw new CompletionException(e);
                        }
                    },
                    task -> new Thread(task, "up").start());
        }
    }

    private final Path folder;
    private final Servers servers;
    private final StormProxy s3Proxy;
    private final StormProxy searchProxy;
    private final Lake lake;
    private final Devices devices;
    private final MillraceProcess process;

    private OutageRun(Path folder, Servers servers) throws Exception {
        this.folder = folder;
        this.servers = servers;
        this.s3Proxy = StormProxy.before(servers.s3().access().port());
        this.searchProxy = StormProxy.before(servers.search().access().port());
        this.lake = new Lake(servers.s3().access().folder().resolve(BUCKET));
        int port = Server.freePort();
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
        Servers servers = Servers.up(folder);
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
        return switch (target) {
            case LAKE -> servers.s3();
            case WAREHOUSE -> servers.warehouse();
            case SEARCH -> servers.search();
        };
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

    private static ShopSource source(Servers servers) throws SQLException {
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

    /** The numbers of the readings that are in a target, from one to another, both included; one that is there twice twice. */
    public List<Long> readings(Target target, long from, long to) throws Exception {
        String range = " where id between " + from + " and " + to;
        return switch (target) {
            case LAKE ->
                lake.has("cleaned.readings")
                        ? numbers(lakeRows("select id from read_parquet('" + lake.glob("cleaned.readings")
                                + "', union_by_name = true)" + range))
                        : List.of();
            case WAREHOUSE -> numbers(warehouseRows("readings", "select id from readings" + range));
            case SEARCH ->
                index().between("readings", "id", from, to).stream()
                        .map(document -> document.required("id").asLong())
                        .toList();
        };
    }

    /** The rows of the table of items as a target has them: id and note. */
    public List<List<String>> items(Target target) throws Exception {
        return switch (target) {
            case LAKE ->
                lake.has("cleaned.items")
                        ? lakeRows(
                                "select id, note from (select *, row_number() over (partition by _key order by _offset"
                                        + " desc) as latest from read_parquet('" + lake.glob("cleaned.items")
                                        + "', union_by_name = true)) where latest = 1 and _op <> 'd'")
                        : List.of();
            case WAREHOUSE -> warehouseRows("items", "select id, note from items");
            case SEARCH -> {
                List<List<String>> rows = new ArrayList<>();
                for (JsonNode item : index().between("items", "id", 0, Integer.MAX_VALUE)) {
                    rows.add(List.of(
                            item.required("id").asText(), item.required("note").asText()));
                }
                yield rows;
            }
        };
    }

    private List<List<String>> lakeRows(String sql) {
        try {
            return lake.query(sql);
        } catch (SQLException e) {
            // a file went between the listing and the reading: what is read again after an outage replaces it
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private List<List<String>> warehouseRows(String table, String sql) throws SQLException {
        try (Warehouse warehouse = warehouse()) {
            return warehouse.has(table) ? warehouse.query(sql) : List.of();
        }
    }

    private static List<Long> numbers(List<List<String>> rows) {
        return rows.stream().map(row -> Long.valueOf(row.get(0))).toList();
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
