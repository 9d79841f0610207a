package io.millrace.app;

import io.millrace.app.dev.DevEnvironment;
import io.millrace.app.summary.Summary.Landing;
import io.millrace.pipeline.plan.ConnectorPlan;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Tells where a sink's records are and how to look at them, from its configuration. Never shows a login: of a database only host, port and
 * name.
 */
final class Landings {
    private static final String JDBC = "jdbc:";

    private final Optional<DevEnvironment> dev;
    private final Path devFolder;

    /**
     * @param dev the servers that this run started, where there are any
     * @param devFolder their folder
     */
    Landings(Optional<DevEnvironment> dev, Path devFolder) {
        this.dev = dev;
        this.devFolder = devFolder;
    }

    Landing of(ConnectorPlan sink) {
        Map<String, String> config = sink.config();
        String bucket = config.getOrDefault("bucket", config.getOrDefault("s3.bucket", ""));
        if (config.containsKey("search.url")) {
            return index(sink.name(), config);
        }
        if (config.containsKey("jdbc.url")) {
            return database(sink.name(), config);
        }
        return bucket.isEmpty() ? new Landing(sink.name(), sink.type(), "") : lake(sink.name(), bucket);
    }

    private static Landing index(String sink, Map<String, String> config) {
        String index = config.getOrDefault("search.index", "{");
        String server =
                config.getOrDefault("search.url", "").split(",")[0].trim().replaceAll("/+$", "");
        String place = server + "/" + (index.contains("{") ? "*" : index);
        boolean open = !config.containsKey("search.user") && !config.containsKey("search.api.key");
        return new Landing(sink, place, open ? "curl '" + place + "/_search?q=<word>'" : "");
    }

    private Landing lake(String sink, String bucket) {
        return dev.flatMap(DevEnvironment::s3)
                .map(s3 -> {
                    Path folder = Path.of(s3.folder()).resolve(bucket);
                    return new Landing(
                            sink,
                            folder.toString(),
                            "duckdb -c \"select * from read_parquet('" + folder
                                    + "/<layer>/<stream>/**/*.parquet', union_by_name = true)\"");
                })
                .orElseGet(() -> new Landing(sink, bucket.startsWith("s3:") ? bucket : "s3://" + bucket, ""));
    }

    private Landing database(String sink, Map<String, String> config) {
        String url = config.getOrDefault("jdbc.url", "");
        String place = place(url);
        Optional<DevEnvironment.Postgres> own = dev.flatMap(DevEnvironment::warehouse)
                .filter(warehouse -> place(warehouse.url()).equals(place));
        if (own.isPresent()) {
            return new Landing(
                    sink,
                    place + " (passwords: " + devFolder.resolve("postgres").resolve("credentials.json") + ")",
                    "psql '" + place.replace("//", "//" + own.get().user() + "@") + "' -c '\\dt'");
        }
        return new Landing(sink, place, look(place));
    }

    private static String look(String place) {
        if (place.startsWith("postgresql://")) {
            return "psql '" + place + "' -c '\\dt'";
        }
        if (!place.startsWith("mysql://") && !place.startsWith("mariadb://")) {
            // DuckDB's file can be opened only once the sink has let go of it.
            return "";
        }
        URI server = URI.create(place);
        return "mariadb -h " + server.getHost() + (server.getPort() < 0 ? "" : " -P " + server.getPort()) + " -p "
                + server.getPath().replaceFirst("/", "") + " -e 'show tables'";
    }

    /** The url without login and parameters; only the kind of database where it cannot be told what in it is the login. */
    static String place(String url) {
        String plain =
                (url.startsWith(JDBC) ? url.substring(JDBC.length()) : url).replaceFirst("^postgres:", "postgresql:");
        String kind = plain.split(":", 2)[0];
        String rest = plain.substring(Math.min(plain.length(), kind.length() + 1));
        if (!rest.startsWith("//")) {
            // a file; of any other url it is not known where its login is
            return kind.equals("duckdb") ? kind + ":" + rest.split("[;?]", 2)[0] : kind;
        }
        int at = rest.lastIndexOf('@');
        int query = rest.indexOf('?');
        if (query >= 0 && at > query) {
            return kind;
        }
        String open = query < 0 ? rest : rest.substring(0, query);
        String place = kind + "://" + open.substring(at < 0 ? "//".length() : at + 1);
        return place.matches("[a-z]+://[A-Za-z0-9.\\-\\[\\]:,]+(/[A-Za-z0-9._\\-]*)?") ? place : kind;
    }
}
