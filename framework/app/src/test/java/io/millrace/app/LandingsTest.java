package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.app.dev.DevEnvironment;
import io.millrace.app.summary.Summary.Landing;
import io.millrace.pipeline.plan.ConnectorPlan;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LandingsTest {
    private static final DevEnvironment DEV = new DevEnvironment(
            Optional.empty(),
            Optional.of(new DevEnvironment.Postgres(
                    "jdbc:postgresql://127.0.0.1:5433/warehouse",
                    "jdbc:postgresql://127.0.0.1:5433/warehouse?user=wh&password=geheim",
                    "wh",
                    "geheim")),
            Optional.of(new DevEnvironment.Search("http://127.0.0.1:9200")),
            Optional.of(new DevEnvironment.S3("http://127.0.0.1:9000", "us-east-1", "id", "geheim", "/dev/s3")));

    @Test
    void ofTheDevServices() {
        assertThat(dev("jdbc.url", "jdbc:postgresql://127.0.0.1:5433/warehouse?user=wh&password=geheim"))
                .isEqualTo(new Landing(
                        "shop.sink",
                        "postgresql://127.0.0.1:5433/warehouse (passwords: dev/postgres/credentials.json)",
                        "psql 'postgresql://wh@127.0.0.1:5433/warehouse' -c '\\dt'"));
        assertThat(dev("search.url", "http://127.0.0.1:9200", "search.index", "orders"))
                .isEqualTo(new Landing(
                        "shop.sink",
                        "http://127.0.0.1:9200/orders",
                        "curl 'http://127.0.0.1:9200/orders/_search?q=<word>'"));
        assertThat(dev("s3.bucket", "lake"))
                .isEqualTo(new Landing(
                        "shop.sink",
                        "/dev/s3/lake",
                        "duckdb -c \"select * from read_parquet('/dev/s3/lake/<layer>/<stream>/**/*.parquet', union_by_name ="
                                + " true)\""));
    }

    @Test
    void ofTheUsersOwnServers() {
        assertThat(own("jdbc.url", "postgres://me:geheim@db.example/warehouse", "jdbc.user", "me"))
                .isEqualTo(new Landing(
                        "shop.sink",
                        "postgresql://db.example/warehouse",
                        "psql 'postgresql://db.example/warehouse' -c '\\dt'"));
        assertThat(own("jdbc.url", "jdbc:mariadb://db:3307/shop?user=me"))
                .isEqualTo(new Landing(
                        "shop.sink", "mariadb://db:3307/shop", "mariadb -h db -P 3307 -p shop -e 'show tables'"));
        assertThat(own("jdbc.url", "jdbc:duckdb:/data/wh.duckdb;x=1"))
                .isEqualTo(new Landing("shop.sink", "duckdb:/data/wh.duckdb", ""));
        assertThat(own("search.url", "https://a:9200/,https://b:9200", "search.user", "me"))
                .isEqualTo(new Landing("shop.sink", "https://a:9200/*", ""));
        assertThat(own("s3.bucket", "s3://lake")).isEqualTo(new Landing("shop.sink", "s3://lake", ""));
        assertThat(own("file", "/tmp/x")).isEqualTo(new Landing("shop.sink", "some-type", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://u:geheim@h:1/d?ssl=true, postgresql://h:1/d",
        "jdbc:postgresql://h:1/d?user=u&password=ge@heim, postgresql",
        "postgres://u:ge?heim@h/d, postgresql",
        "postgres://u:ge/heim@h/d, postgresql://h/d",
        "postgres://u:ge@heim@h/d, postgresql://h/d",
        "jdbc:oracle:thin:scott/geheim@db, oracle",
    })
    void aLoginIsNeverShown(String url, String place) {
        assertThat(Landings.place(url)).isEqualTo(place).doesNotContain("geheim");
    }

    private static Landing dev(String... config) {
        return new Landings(Optional.of(DEV), Path.of("dev")).of(sink(config));
    }

    private static Landing own(String... config) {
        return new Landings(Optional.empty(), Path.of("dev")).of(sink(config));
    }

    private static ConnectorPlan sink(String... config) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < config.length; i += 2) {
            map.put(config[i], config[i + 1]);
        }
        return new ConnectorPlan("shop.sink", "sink", "some-type", ConnectorShorthand.Role.SINK, map, List.of());
    }
}
