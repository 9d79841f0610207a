package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the targets of an {@link OutageRun} hold; a target that is asked must be there. */
public final class TargetContents {
    private static final long SLICE = 5_000;

    private final OutageRun run;

    TargetContents(OutageRun run) {
        this.run = run;
    }

    /** The numbers of the readings that are in a target, from one to another, both included; one that is there twice twice. */
    public List<Long> readings(Target target, long from, long to) throws Exception {
        String range = " where id between " + from + " and " + to;
        return switch (target) {
            case LAKE ->
                run.lake().has("cleaned.readings")
                        ? numbers(lakeRows("select id from read_parquet('"
                                + run.lake().glob("cleaned.readings") + "', union_by_name = true)" + range))
                        : List.of();
            case WAREHOUSE -> numbers(warehouseRows("readings", "select id from readings" + range));
            case SEARCH -> documents(from, to);
        };
    }

    /** An index answers with so many documents at most. */
    private List<Long> documents(long from, long to) throws Exception {
        List<Long> numbers = new ArrayList<>();
        for (long first = from; first <= to; first += SLICE) {
            for (JsonNode document : run.index().between("readings", "id", first, Math.min(to, first + SLICE - 1))) {
                numbers.add(document.required("id").asLong());
            }
        }
        return numbers;
    }

    /** The rows of the table of items as a target has them: id and note. */
    public List<List<String>> items(Target target) throws Exception {
        return switch (target) {
            case LAKE ->
                run.lake().has("cleaned.items")
                        ? lakeRows(
                                "select id, note from (select *, row_number() over (partition by _key order by _offset"
                                        + " desc) as latest from read_parquet('"
                                        + run.lake().glob("cleaned.items")
                                        + "', union_by_name = true)) where latest = 1 and _op <> 'd'")
                        : List.of();
            case WAREHOUSE -> warehouseRows("items", "select id, note from items");
            case SEARCH -> {
                List<List<String>> rows = new ArrayList<>();
                for (JsonNode item : run.index().between("items", "id", 0, Integer.MAX_VALUE)) {
                    rows.add(List.of(
                            item.required("id").asText(), item.required("note").asText()));
                }
                yield rows;
            }
        };
    }

    /** Waits until each target has the table of items as the source has it. */
    public void awaitItems(Duration timeout) throws Exception {
        List<List<String>> expected;
        try (ShopSource source = run.source()) {
            expected = source.query("select id, note from items");
        }
        for (Target target : Target.values()) {
            Await.until(timeout, () -> assertThat(items(target))
                    .as("items in %s\n%s", target, run.tail())
                    .containsExactlyInAnyOrderElementsOf(expected));
        }
    }

    private List<List<String>> lakeRows(String sql) {
        try {
            return run.lake().query(sql);
        } catch (SQLException e) {
            // a file went between the listing and the reading: what is read again after an outage replaces it
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private List<List<String>> warehouseRows(String table, String sql) throws SQLException {
        try (Warehouse warehouse = run.warehouse()) {
            return warehouse.has(table) ? warehouse.query(sql) : List.of();
        }
    }

    private static List<Long> numbers(List<List<String>> rows) {
        return rows.stream().map(row -> Long.valueOf(row.get(0))).toList();
    }
}
