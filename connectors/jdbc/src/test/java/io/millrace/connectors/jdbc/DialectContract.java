package io.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.common.FakeSinkWorker;
import io.millrace.connectors.common.ManualClock;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sink does on every database. Each test has a schema of its own. */
abstract class DialectContract {
    static final TopicPartition LINES = new TopicPartition(Records.TABLE_TOPIC, 0);

    private final List<FakeSinkWorker> workers = new ArrayList<>();
    final ManualClock clock = new ManualClock(Instant.ofEpochMilli(Records.ARRIVAL));

    /** Url, user and password of a schema that is empty. */
    abstract Map<String, String> login();

    /** Ends all connections to the schema but those of {@link #admin}. */
    void killConnections() throws Exception {}

    String quote(String name) {
        return '"' + name + '"';
    }

    /** A column as text, as the database itself writes it. */
    String asText(String column) {
        return "CAST(" + quote(column) + " AS VARCHAR)";
    }

    @AfterEach
    void stopWorkers() {
        workers.forEach(FakeSinkWorker::crash);
    }

    Connection admin() throws Exception {
        Map<String, String> login = login();
        return DriverManager.getConnection(login.get("jdbc.url"), login.get("jdbc.user"), login.get("jdbc.password"));
    }

    void execute(String... statements) throws Exception {
        try (Connection connection = admin();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Rows, columns joined by bars, sorted. */
    List<String> rows(String query) throws Exception {
        List<String> found = new ArrayList<>();
        try (Connection connection = admin();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(rows.getString(i));
                }
                found.add(String.join("|", values.stream().map(String::valueOf).toList()));
            }
        }
        found.sort(null);
        return found;
    }

    Map<String, String> config(String... more) {
        Map<String, String> config = new HashMap<>(login());
        config.put("name", "shop.warehouse");
        config.put("jdbc.task", "0");
        config.put(
                "jdbc.streams",
                Records.TABLE_TOPIC + "=enriched/lines/table," + Records.EVENT_TOPIC + "=cleaned/clicks/events");
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    FakeSinkWorker worker(SinkRecord... records) {
        FakeSinkWorker worker = new FakeSinkWorker(() -> new JdbcSinkTask(clock));
        for (SinkRecord record : records) {
            worker.append(record);
        }
        workers.add(worker);
        return worker;
    }

    /** Writes the records in one put. */
    FakeSinkWorker put(Map<String, String> config, SinkRecord... records) {
        FakeSinkWorker worker = worker(records);
        worker.start(config);
        assertThat(worker.poll(1000)).as(worker.lastRetry).isTrue();
        worker.commit();
        return worker;
    }

    String lines() {
        return "SELECT " + quote("order_id") + ", " + quote("product_id") + ", " + quote("note") + ", "
                + quote("_origin") + " FROM " + quote("lines");
    }

    @Test
    void rowsOfATableAreUpsertedAndDeletedByTheirKey() throws Exception {
        FakeSinkWorker worker = put(
                config(),
                Records.line(0, 0, 1, 7, "a"),
                Records.line(0, 1, 1, 8, "it's \"quoted\" \\ \u00fc\u20ac\ud83d\ude00"),
                Records.line(0, 2, 2, 7, null),
                Records.line(0, 3, 1, 7, "b"),
                Records.gone(0, 4, 2, 7),
                Records.gone(0, 5, 9, 9));

        assertThat(rows(lines()))
                .containsExactly(
                        "1|7|b|raw.shop.x-0@3", "1|8|it's \"quoted\" \\ \u00fc\u20ac\ud83d\ude00|raw.shop.x-0@1");
        assertThat(worker.committed).containsEntry(LINES, 6L);
        assertThat(worker.errors).isEmpty();
    }

    @Test
    void aKeyWrittenDeletedAndWrittenInOneBatchIsThere() throws Exception {
        put(
                config(),
                Records.line(0, 0, 1, 7, "a"),
                Records.gone(0, 1, 1, 7),
                Records.line(0, 2, 1, 7, "b"),
                Records.line(0, 3, 2, 7, "a"),
                Records.gone(0, 4, 2, 7));

        assertThat(rows(lines())).containsExactly("1|7|b|raw.shop.x-0@2");
    }

    @Test
    void aDeleteFromATableThatIsNotThereIsNoError() throws Exception {
        FakeSinkWorker worker = put(config(), Records.gone(0, 0, 1, 7));

        assertThat(worker.committed).containsEntry(LINES, 1L);
        assertThat(worker.errors).isEmpty();
    }

    @Test
    void eventsAreInserted() throws Exception {
        put(config(), Records.click(0, 0, "/a"), Records.click(0, 1, "/a"), Records.click(0, 2, null));

        assertThat(rows("SELECT path, " + quote("_origin") + " FROM clicks"))
                .containsExactly("/a|raw.shop.x-0@0", "/a|raw.shop.x-0@1", "null|raw.shop.x-0@2");
    }

    static final Schema ALL = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("flag", Schema.OPTIONAL_BOOLEAN_SCHEMA)
            .field("small", Schema.OPTIONAL_INT16_SCHEMA)
            .field("f", Schema.OPTIONAL_FLOAT64_SCHEMA)
            .field(
                    "d",
                    Decimal.builder(2)
                            .optional()
                            .parameter("connect.decimal.precision", "12")
                            .build())
            .field("day", Date.builder().optional().build())
            .field(
                    "at",
                    SchemaBuilder.int64()
                            .name("io.debezium.time.MicroTimestamp")
                            .optional()
                            .build())
            .field("raw", Schema.OPTIONAL_BYTES_SCHEMA)
            .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).optional().build())
            .build();

    static Struct all(long id) {
        return new Struct(ALL)
                .put("id", id)
                .put("flag", true)
                .put("small", (short) -5)
                .put("f", 0.1)
                .put("d", new BigDecimal("1234567890.12"))
                .put("day", new java.util.Date(836_438_400_000L))
                .put("at", 836_438_400_000_001L)
                .put("raw", new byte[] {0, (byte) 0xff, 39, 92})
                .put("tags", List.of("a", "b\"c"));
    }

    /** What {@link #all} comes to, in the order of its fields. */
    abstract String allAsText();

    @Test
    void everyTypeArrivesWhole() throws Exception {
        Struct nothing = new Struct(ALL).put("id", 2L);
        FakeSinkWorker worker = put(
                config("jdbc.origin", "false"),
                Records.row(0, Map.of("id", 1L), all(1)),
                Records.row(1, Map.of("id", 2L), nothing));

        assertThat(worker.errors).isEmpty();
        String columns =
                ALL.fields().stream().map(field -> asText(field.name())).collect(Collectors.joining(", "));
        assertThat(rows("SELECT " + columns + " FROM " + quote("lines")))
                .containsExactly(allAsText(), "2|null|null|null|null|null|null|null|null");
    }

    @Test
    void aTombstoneFindsADecimalKeyOfManyDigits() throws Exception {
        Schema schema = SchemaBuilder.struct()
                .field(
                        "amount",
                        Decimal.builder(2)
                                .parameter("connect.decimal.precision", "20")
                                .build())
                .field("note", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Struct first = new Struct(schema)
                .put("amount", new BigDecimal("123456789012345678.01"))
                .put("note", "first");
        Struct second = new Struct(schema)
                .put("amount", new BigDecimal("123456789012345678.02"))
                .put("note", "second");
        FakeSinkWorker worker = put(
                config("jdbc.json.keys", "true"),
                Records.text(0, "{\"amount\":123456789012345678.01}", first),
                Records.text(1, "{\"amount\":123456789012345678.02}", second));
        worker.append(Records.text(2, "{\"amount\":123456789012345678.01}", null));
        worker.poll(10);

        assertThat(worker.errors).isEmpty();
        assertThat(rows("SELECT " + asText("note") + " FROM " + quote("lines"))).containsExactly("second");
    }

    boolean keepsLengths() {
        return true;
    }

    @Test
    void columnsAreAddedAndWidenedAndNeverNarrowed() throws Exception {
        Schema wide = SchemaBuilder.struct()
                .field("order_id", Schema.INT32_SCHEMA)
                .field("product_id", Schema.INT32_SCHEMA)
                .field("note", Schema.OPTIONAL_STRING_SCHEMA)
                .field("n", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
        Schema first = SchemaBuilder.struct()
                .field("order_id", Schema.INT32_SCHEMA)
                .field("product_id", Schema.INT32_SCHEMA)
                .field("n", Schema.OPTIONAL_INT32_SCHEMA)
                .build();
        Struct before =
                new Struct(first).put("order_id", 1).put("product_id", 1).put("n", 5);
        Struct big = new Struct(wide)
                .put("order_id", 2)
                .put("product_id", 1)
                .put("n", 1L << 40)
                .put("note", "x");
        Struct partly =
                new Struct(first).put("order_id", 2).put("product_id", 1).put("n", 6);

        FakeSinkWorker worker = put(config(), Records.row(0, Records.key(1, 1), before));
        worker.append(Records.row(1, Records.key(2, 1), big));
        worker.append(Records.row(2, Records.key(2, 1), partly));
        assertThat(worker.poll(10)).isTrue();

        assertThat(rows("SELECT order_id, note, n FROM " + quote("lines"))).containsExactly("1|null|5", "2|x|6");
        assertThat(worker.errors).isEmpty();
    }

    @Test
    void whatATableCannotHoldIsADeadLetterThatNamesTheColumnAndTheRestIsWritten() throws Exception {
        execute("CREATE TABLE " + quote("lines")
                + " (order_id INTEGER NOT NULL, product_id INTEGER NOT NULL, note VARCHAR(3) NOT NULL,"
                + " PRIMARY KEY (order_id, product_id), CHECK (order_id < 100))");
        Schema text = SchemaBuilder.struct()
                .field("order_id", Schema.STRING_SCHEMA)
                .field("product_id", Schema.INT32_SCHEMA)
                .field("note", Schema.OPTIONAL_STRING_SCHEMA)
                .build();

        FakeSinkWorker worker = put(
                config("jdbc.origin", "false"),
                Records.line(0, 0, 1, 1, "ok"),
                Records.line(0, 1, 1, 2, "long"),
                Records.line(0, 2, 1, 3, null),
                Records.line(0, 3, 1, 4, "ok"),
                Records.line(0, 4, 100, 1, "bad"),
                Records.row(
                        5,
                        Map.of("order_id", "x", "product_id", 1L),
                        new Struct(text)
                                .put("order_id", "x")
                                .put("product_id", 1)
                                .put("note", "n")),
                Records.record(Records.TABLE_TOPIC, 0, 6, null, Records.LINE, new Struct(Records.LINE)),
                Records.line(0, 7, 1, 5, "end"));

        assertThat(rows("SELECT * FROM " + quote("lines") + " WHERE product_id <> 2"))
                .containsExactly("1|1|ok", "1|4|ok", "1|5|end");
        assertThat(worker.errors.remove(
                        "jdbc.too-long: the text of column 'note' has 4 characters, 'text(3)' takes 3."))
                .isEqualTo(keepsLengths());
        assertThat(worker.errors)
                .containsExactlyInAnyOrder(
                        "jdbc.null: column 'note' of table 'lines' does not take null.",
                        checkMessage(),
                        "jdbc.type: the field is of type 'text', column 'order_id' of type 'int32'. Cast the field in the pipeline,"
                                + " or alter the column.",
                        "jdbc.no-key: the record has no key, which mode 'upsert' needs. Give the stream a key, or write it with mode"
                                + " 'insert'.");
        assertThat(worker.deadLetters)
                .extracting(SinkRecord::kafkaOffset)
                .filteredOn(offset -> offset != 1)
                .containsExactlyInAnyOrder(2L, 4L, 5L, 6L);
        assertThat(worker.committed).containsEntry(LINES, 8L);
    }

    abstract String checkMessage();

    @Test
    void aUniqueConstraintIsNamed() throws Exception {
        execute("CREATE TABLE clicks (path VARCHAR(50), CONSTRAINT one_path UNIQUE (path))");

        FakeSinkWorker worker = put(
                config("jdbc.origin", "false"),
                Records.click(0, 0, "/a"),
                Records.click(0, 1, "/b"),
                Records.click(0, 2, "/a"),
                Records.click(0, 3, "/c"));

        assertThat(rows("SELECT path FROM clicks")).containsExactly("/a", "/b", "/c");
        assertThat(worker.errors).containsExactly(uniqueMessage());
        assertThat(worker.deadLetters).extracting(SinkRecord::kafkaOffset).containsExactly(2L);
    }

    abstract String uniqueMessage();

    @Test
    void withoutAReporterNothingPassesABadRecord() throws Exception {
        execute("CREATE TABLE clicks (path VARCHAR(30) NOT NULL)");
        FakeSinkWorker worker = worker(Records.click(0, 0, "/a"), Records.click(0, 1, null));
        worker.hasReporter = false;
        worker.start(config("jdbc.origin", "false"));

        assertThatThrownBy(() -> worker.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "jdbc.rejected: 1 record of sink 'shop.warehouse' can never be written, and the worker takes no dead"
                                + " letters: 'cleaned.shop.clicks-0@1': jdbc.null: column 'path' of table 'clicks' does not"
                                + " take null. Set 'errors.tolerance' to 'all' and a dead letter topic, or mend the records.");
        assertThat(rows("SELECT * FROM clicks")).isEmpty();
    }

    @Test
    void aMissingTableOrColumnStopsTheTaskWhereNoneMayBeMade() throws Exception {
        FakeSinkWorker worker = worker(Records.click(0, 0, "/a"));
        worker.start(config("jdbc.auto.create", "false", "jdbc.schema", schema()));
        assertThatThrownBy(() -> worker.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage("jdbc.no-table: table 'clicks' is not in schema '" + schema()
                        + "'. Create it, or set 'auto_create: true'.");

        execute("CREATE TABLE clicks (other INTEGER)");
        FakeSinkWorker second = worker(Records.click(0, 0, "/a"));
        second.start(config("jdbc.auto.add", "false"));
        assertThatThrownBy(() -> second.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "jdbc.no-column: table 'clicks' has no column 'path' of type 'text'. Add it, drop the field in the"
                                + " pipeline, or set 'auto_add: true'.");
    }

    abstract String schema();

    @Test
    void aTaskThatLostItsPartitionWritesNothing() throws Exception {
        FakeSinkWorker zombie = worker(Records.click(0, 0, "/a"), Records.click(0, 1, "/b"), Records.click(0, 2, "/c"));
        zombie.start(config());
        zombie.poll(1);
        FakeSinkWorker owner = worker(Records.click(0, 0, "/a"), Records.click(0, 1, "/b"), Records.click(0, 2, "/c"));
        owner.start(config());
        owner.poll(2);

        assertThatThrownBy(() -> zombie.poll(1))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "jdbc.fenced: another task of connector 'shop.warehouse' has taken 'cleaned.shop.clicks-0', and this one"
                                + " writes no more. It starts again by itself; if this goes on, two connectors of the same name write to the same"
                                + " schema: give one another name or another 'offsets_table'.");
        owner.poll(1);

        assertThat(rows("SELECT path FROM clicks")).containsExactly("/a", "/b", "/c");
    }

    @Test
    void aDeadLetterWhoseCommitNeverCameIsReportedAgain() throws Exception {
        execute("CREATE TABLE clicks (path VARCHAR(30) NOT NULL)");
        FakeSinkWorker worker = worker(Records.click(0, 0, "/a"), Records.click(0, 1, null), Records.click(0, 2, "/b"));
        worker.start(config("jdbc.origin", "false"));
        worker.poll(10);
        worker.crash();
        execute("DROP TABLE clicks", "CREATE TABLE clicks (path VARCHAR(30))");

        worker.start(config("jdbc.origin", "false"));
        worker.append(Records.click(0, 3, "/c"));
        worker.poll(10);
        worker.commit();

        assertThat(worker.errors)
                .containsExactly(
                        "jdbc.null: column 'path' of table 'clicks' does not take null.",
                        "jdbc.null: column 'path' of table 'clicks' does not take null.");
        assertThat(worker.deadLetters).extracting(SinkRecord::kafkaOffset).containsExactly(1L);
        assertThat(rows("SELECT path FROM clicks")).containsExactly("/c");
    }

    @Test
    void readingGoesBackToADatabaseThatWasRestored() throws Exception {
        FakeSinkWorker worker =
                put(config(), Records.click(0, 0, "/a"), Records.click(0, 1, "/b"), Records.click(0, 2, "/c"));
        worker.stop();
        String offset = quote("offset");
        execute("DELETE FROM clicks WHERE path <> '/a'", "UPDATE millrace_offsets SET " + offset + " = 1");
        worker.append(Records.click(0, 3, "/d"));

        worker.start(config());
        while (!worker.drained()) {
            worker.poll(10);
        }

        assertThat(rows("SELECT path FROM clicks")).containsExactly("/a", "/b", "/c", "/d");
    }

    @Test
    void aTopicThatWasMadeAnewIsNotPassedOver() {
        FakeSinkWorker worker = put(config(), Records.click(0, 0, "/a"), Records.click(0, 1, "/b"));
        worker.stop();
        clock.pass(Duration.ofHours(1));
        FakeSinkWorker second = worker(Records.click(0, 0, "/new")
                .newRecord(
                        Records.EVENT_TOPIC, 0, null, null, Records.CLICK, new Struct(Records.CLICK), clock.millis()));
        second.start(config());

        assertThatThrownBy(() -> second.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "jdbc.offsets: record 'cleaned.shop.clicks-0@0' is newer than the moment when the database had all before"
                                + " '2': the topic was made anew. Delete the rows of connector 'shop.warehouse' and topic"
                                + " 'cleaned.shop.clicks' from table 'millrace_offsets', and the sink reads it from its start.");
    }

    @Test
    void aReplayedRecordLeavesARowOfALaterOneAlone() throws Exception {
        put(
                config(),
                Records.line(0, 7, 4, 1, "earlier"),
                Records.line(0, 8, 3, 1, "of the same"),
                Records.line(0, 9, 1, 1, "later"),
                Records.line(0, 10, 2, 1, "later by a digit"),
                Records.line(0, 11, 6, 1, "without origin"),
                Records.line(1, 99, 5, 1, "of another partition"));
        execute("UPDATE " + quote("lines") + " SET " + quote("_origin") + " = NULL WHERE order_id = 6");

        FakeSinkWorker worker = put(
                config(),
                Records.replayed(0, Records.line(0, 8, 1, 1, "again")),
                Records.replayed(1, Records.line(0, 9, 2, 1, "again")),
                Records.replayed(2, Records.line(0, 8, 3, 1, "again")),
                Records.replayed(3, Records.line(0, 8, 4, 1, "again")),
                Records.replayed(4, Records.line(0, 8, 5, 1, "again")),
                Records.replayed(5, Records.line(0, 8, 6, 1, "again")),
                Records.replayed(6, Records.line(0, 8, 7, 1, "again")));

        assertThat(worker.errors).isEmpty();
        assertThat(worker.committed).containsEntry(new TopicPartition(Records.REPLAY_TOPIC, 0), 7L);
        assertThat(rows(lines()))
                .containsExactly(
                        "1|1|later|raw.shop.x-0@9",
                        "2|1|later by a digit|raw.shop.x-0@10",
                        "3|1|again|raw.shop.x-0@8",
                        "4|1|again|raw.shop.x-0@8",
                        "5|1|again|raw.shop.x-0@8",
                        "6|1|again|raw.shop.x-0@8",
                        "7|1|again|raw.shop.x-0@8");
    }

    @Test
    void aReplayedDeleteLeavesARowOfALaterRecordAlone() throws Exception {
        put(config(), Records.line(0, 7, 2, 1, "earlier"), Records.line(0, 9, 1, 1, "later"));

        FakeSinkWorker worker = put(
                config(),
                Records.replayed(0, Records.gone(0, 8, 1, 1)),
                Records.replayed(1, Records.gone(0, 8, 2, 1)),
                Records.replayed(2, Records.gone(0, 8, 3, 1)));

        assertThat(worker.errors).isEmpty();
        assertThat(rows(lines())).containsExactly("1|1|later|raw.shop.x-0@9");
    }

    @Test
    void aReplayedRecordIsComparedWithWhatItsOwnBatchWrote() throws Exception {
        FakeSinkWorker worker = put(
                config(),
                Records.withOrigin(Records.line(0, 0, 1, 1, "later"), "raw.shop.x-0@20"),
                Records.withOrigin(Records.asReplay(Records.line(0, 1, 1, 1, "again"), 0), "raw.shop.x-0@19"),
                Records.withOrigin(Records.asReplay(Records.gone(0, 2, 1, 1), 0), "raw.shop.x-0@18"),
                Records.withOrigin(Records.asReplay(Records.line(0, 3, 2, 1, "again"), 0), "raw.shop.x-0@19"),
                Records.withOrigin(Records.asReplay(Records.line(0, 4, 2, 1, "older still"), 0), "raw.shop.x-0@18"),
                Records.withOrigin(Records.asReplay(Records.line(0, 5, 3, 1, "again"), 0), "raw.shop.x-0@19"),
                Records.withOrigin(Records.line(0, 6, 3, 1, "later"), "raw.shop.x-0@20"),
                Records.withOrigin(Records.asReplay(Records.line(0, 7, 4, 1, "of an aggregate"), 0), ""),
                Records.withOrigin(Records.asReplay(Records.line(0, 8, 4, 1, "and again"), 0), ""));

        assertThat(worker.errors).isEmpty();
        assertThat(rows(lines()))
                .containsExactly(
                        "1|1|later|raw.shop.x-0@20",
                        "2|1|again|raw.shop.x-0@19",
                        "3|1|later|raw.shop.x-0@20",
                        "4|1|and again|null");
    }

    @Test
    void aReplayedRecordIsIsolatedFromBadOnesToo() throws Exception {
        execute("CREATE TABLE " + quote("lines")
                + " (order_id INTEGER NOT NULL, product_id INTEGER NOT NULL, note VARCHAR(30), " + quote("_origin")
                + " VARCHAR(99), PRIMARY KEY (order_id, product_id), CHECK (order_id < 100))");
        put(config(), Records.line(0, 9, 1, 1, "later"));

        FakeSinkWorker worker = put(
                config(),
                Records.replayed(0, Records.line(0, 8, 1, 1, "again")),
                Records.replayed(1, Records.line(0, 8, 100, 1, "bad")),
                Records.replayed(2, Records.line(0, 8, 2, 1, "again")));

        assertThat(worker.errors).containsExactly(checkMessage());
        assertThat(rows(lines())).containsExactly("1|1|later|raw.shop.x-0@9", "2|1|again|raw.shop.x-0@8");
    }

    /** Records and replays of any age in random batches, against a model. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void ofEachKeyTheLatestIsThereWhateverIsReplayed(long seed) throws Exception {
        Random random = new Random(seed);
        FakeSinkWorker worker = worker();
        Map<Integer, Long> model = new TreeMap<>();
        for (long offset = 0; offset < 200; offset++) {
            int key = random.nextInt(4);
            boolean replay = random.nextInt(3) == 0;
            long origin = replay ? random.nextInt((int) offset + 1) : offset;
            boolean gone = random.nextInt(3) == 0;
            SinkRecord record = gone ? Records.gone(0, offset, key, 1) : Records.line(0, offset, key, 1, "n" + origin);
            Records.withOrigin(record, "raw.shop.x-0@" + origin);
            worker.append(replay ? Records.asReplay(record, origin) : record);
            boolean isOlder = replay && model.getOrDefault(key, -1L) > origin;
            if (!isOlder && gone) {
                model.remove(key);
            } else if (!isOlder) {
                model.put(key, origin);
            }
        }

        worker.start(config());
        while (!worker.drained()) {
            assertThat(worker.poll(1 + random.nextInt(40))).as(worker.lastRetry).isTrue();
        }

        assertThat(worker.errors).isEmpty();
        assertThat(rows(lines()))
                .containsExactlyInAnyOrderElementsOf(model.entrySet().stream()
                        .map(row -> row.getKey() + "|1|n" + row.getValue() + "|raw.shop.x-0@" + row.getValue())
                        .toList());
    }

    @Test
    void withoutOriginsAReplayedRecordOverwrites() throws Exception {
        put(config("jdbc.origin", "false"), Records.line(0, 9, 1, 1, "later"));
        put(config("jdbc.origin", "false"), Records.replayed(0, Records.line(0, 8, 1, 1, "again")));

        assertThat(rows("SELECT note FROM " + quote("lines"))).containsExactly("again");
    }

    @Test
    void anotherKeyThanThatOfTheTableIsRefused() throws Exception {
        execute("CREATE TABLE " + quote("lines")
                + " (order_id INTEGER PRIMARY KEY, product_id INTEGER, note VARCHAR(30))");
        FakeSinkWorker worker = worker(Records.line(0, 0, 1, 1, "a"));
        worker.start(config("jdbc.origin", "false"));

        assertThatThrownBy(() -> worker.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "jdbc.key: table 'lines' has no primary key or unique constraint of exactly the columns [order_id,"
                                + " product_id] of the records' key; it has [[order_id]]. Add one, give the stream the key of the table, or"
                                + " write it with mode 'insert'.");
    }

    /** Random records in random batches, with crashes, lost connections and bad rows, against a model. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyRecordIsThereOnceWhateverHappens(long seed) throws Exception {
        execute("CREATE TABLE clicks (path VARCHAR(30) NOT NULL CHECK (path <> '/check'), " + quote("_origin")
                + " VARCHAR(50))");
        Random random = new Random(seed);
        FakeSinkWorker worker = worker();
        Map<String, String> lines = new TreeMap<>();
        List<String> clicks = new ArrayList<>();
        List<String> bad = new ArrayList<>();
        for (int partition = 0; partition < 2; partition++) {
            for (long offset = 0; offset < 150; offset++) {
                append(worker, random, partition, offset, lines, clicks, bad);
            }
        }
        clicks.sort(null);
        bad.sort(null);

        worker.start(config("jdbc.batch.rows", "7"));
        while (!worker.drained()) {
            int what = random.nextInt(20);
            if (what == 0) {
                worker.crash();
                worker.start(config("jdbc.batch.rows", "" + (1 + random.nextInt(20))));
            } else if (what == 1) {
                killConnections();
            } else if (what < 6) {
                worker.commit();
            }
            worker.poll(1 + random.nextInt(25));
        }
        worker.commit();

        assertThat(rows(lines())).isEqualTo(lines.values().stream().sorted().toList());
        assertThat(rows("SELECT path, " + quote("_origin") + " FROM clicks")).isEqualTo(clicks);
        assertThat(worker.deadLetters.stream()
                        .map(record -> record.kafkaPartition() + "@" + record.kafkaOffset())
                        .sorted())
                .isEqualTo(bad);
    }

    private static void append(
            FakeSinkWorker worker,
            Random random,
            int partition,
            long offset,
            Map<String, String> lines,
            List<String> clicks,
            List<String> bad) {
        int order = 2 * random.nextInt(8) + partition;
        int product = random.nextInt(3);
        String key = order + "|" + product;
        String origin = "raw.shop.x-" + partition + "@" + offset;
        if (random.nextInt(3) == 0) {
            lines.remove(key);
            worker.append(Records.gone(partition, offset, order, product));
        } else {
            lines.put(key, key + "|n" + offset + "|" + origin);
            worker.append(Records.line(partition, offset, order, product, "n" + offset));
        }
        String path = List.of("/a", "/b", "/b", "", "/check").get(random.nextInt(5));
        if (random.nextInt(4) != 0) {
            path = "/ok";
        }
        worker.append(Records.click(partition, offset, path.isEmpty() ? null : path));
        if (path.isEmpty() || path.equals("/check")) {
            bad.add(partition + "@" + offset);
        } else {
            clicks.add(path + "|" + origin);
        }
    }

    static Map<String, String> of(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
