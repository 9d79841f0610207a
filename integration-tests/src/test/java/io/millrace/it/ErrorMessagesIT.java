package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.it.harness.Cli;
import io.millrace.it.harness.Cli.Answer;
import io.millrace.it.harness.Distribution;
import io.millrace.it.harness.Processes;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads when something is wrong on this machine: all of it, and nothing is left behind. */
class ErrorMessagesIT {
    private static final int YOURS = 2;
    private static final int ENVIRONMENT = 3;
    private static final String SHOP = Distribution.lakeShop().toString();
    private static final String RUN_OPTIONS =
            "Options: --broker-port, --data-dir, --dev, --environment, --help, --rate, --rebuild-layers.";

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        Processes.assertNoneIn(folder);
    }

    @Test
    void theCommandLineIsAnsweredInWords() throws Exception {
        Map<List<String>, String> answers = new LinkedHashMap<>();
        answers.put(
                List.of(),
                "[cli.no-command] No command was given. Commands: broker, deadletter, graph, run, status, tap, test, trace, validate,"
                        + " version, worker. 'millrace --help' says more.");
        answers.put(
                List.of("rum", "shop"),
                "[cli.unknown-command] 'rum' is not a command. Did you mean 'run'? Commands: broker, deadletter, graph, run, status, tap,"
                        + " test, trace, validate, version, worker. 'millrace --help' says more.");
        answers.put(
                List.of("run"),
                "[cli.missing-argument] '<pipeline>' is missing. Usage: millrace run [options] <pipeline>.");
        answers.put(
                List.of("validate", "a", "b"),
                "[cli.extra-argument] 'b' is one argument too many. Usage: millrace validate [options] <pipeline>.");
        answers.put(
                List.of("run", "--dve=1", "--nope"),
                "[cli.unknown-option] '--dve' is not an option of 'millrace run'. Did you mean '--dev'? " + RUN_OPTIONS
                        + "\n[cli.unknown-option] '--nope' is not an option of 'millrace run'. " + RUN_OPTIONS);
        answers.put(
                List.of("run", "shop", "--broker-port"),
                "[cli.missing-value] The option '--broker-port' has no value. Write a whole number after it.");
        answers.put(
                List.of("run", "shop", "--rate", "fast"),
                "[cli.bad-value] 'fast' is no value for '--rate'. Write a number.");
        answers.put(
                List.of("run", "shop", "--broker-port", "70000", "--rate=-1"),
                "[cli.bad-value] '70000' is no value for '--broker-port'. Write a port from 0 to 65535; 0 takes any free"
                        + " one.\n[cli.bad-value] '-1.0' is no value for '--rate'. Write how many changes a second, 0 for"
                        + " none.");
        answers.put(
                List.of("run", "shop", "--dev", "--dev"),
                "[cli.repeated-option] The option '--dev' is given more than once. Give it once.");
        for (Map.Entry<List<String>, String> entry : answers.entrySet()) {
            assertThat(Cli.in(folder).millrace(entry.getKey().toArray(String[]::new)))
                    .as("millrace %s", entry.getKey())
                    .isEqualTo(new Answer(YOURS, entry.getValue()));
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void helpAndVersionAreNoErrors() throws Exception {
        Answer version = Cli.in(folder).millrace("version");
        Answer help = Cli.in(folder).millrace("--help");

        assertThat(version.output())
                .matches("millrace \\d+\\.\\d+\\.\\d+\\S* \\(Kafka \\d+\\.\\d+\\.\\d+, Java \\S+\\)");
        assertThat(Cli.in(folder).millrace("--version")).isEqualTo(new Answer(0, version.output()));
        assertThat(help)
                .isEqualTo(new Answer(
                        0,
                        String.join(
                                "\n",
                                "Usage: millrace [-hV] [COMMAND]",
                                "Moves records from where they are made to where they are used.",
                                "  -h, --help      Show this help.",
                                "  -V, --version   Print the version.",
                                "Commands:",
                                "  run         Run a pipeline: broker, layers and connectors in one process.",
                                "  broker      Run a Kafka broker of one node, from a Kafka server.properties.",
                                "  worker      Run Kafka Connect connectors from Kafka Connect's standalone",
                                "                files, against any Kafka.",
                                "  validate    Check a pipeline offline: all problems at once.",
                                "  test        Run the tests of pipelines: in memory, without a broker, with a",
                                "                virtual clock.",
                                "  graph       Draw a pipeline: sources, streams, sinks.",
                                "  status      Show how a running pipeline fares: state, counts, lag, errors.",
                                "  tap         Show the records of a stream of a running pipeline as they come.",
                                "  trace       Follow a record of a running pipeline: raw, layers, dead letters,",
                                "                sinks.",
                                "  deadletter  See the records that could not pass, and let them enter their",
                                "                stages again.",
                                "  version     Print the version.",
                                "",
                                "Exit status: 0 done, 1 a fault of Millrace, 2 a fault in your input, 3 the",
                                "environment.")));
    }

    @Test
    void everyFaultOfAPipelineIsToldAtOnce() throws Exception {
        Path broken = folder.resolve("pipeline.yaml");
        Files.writeString(
                broken,
                replaced(
                        Files.readString(Distribution.lakeShop().resolve("pipeline.yaml")),
                        Map.of(
                                "owner:", "ownr:",
                                "partitions: 3", "partitions: many",
                                "ordered_on: date", "ordered_on: dat",
                                "- standardise:", "- standardize:",
                                "from: raw.orders", "from: raw.oders",
                                "contract: Customer ", "contract: Client ",
                                "value.unit_price > 0", "value.unit_prise > 0",
                                "value.discount >= 0", "value.discount >= 'none'",
                                "sum(value.revenue)", "sun(value.revenue)",
                                "s3-parquet", "s3-parket")));
        String told = String.join(
                "\n",
                broken
                        + ":3:1 [pipeline.unknown-field] 'ownr' is not a field of a pipeline. Did you mean 'owner'? Fields:"
                        + " apiVersion, contracts, defaults, environments, layers, owner, pipeline, sinks, sources, "
                        + "streams, tests.",
                broken
                        + ":6:23 [pipeline.bad-value] 'many' is no value for 'partitions'. Write a whole number from 1 to "
                        + "10000.",
                broken + ":22:65 [pipeline.type] 'dat' is not a type. Did you mean 'date'? Types: string, int, int32, "
                        + "long, int64, float, double, bool, boolean, decimal(p,s), timestamp, date, bytes, list<T>, "
                        + "map<T>.",
                broken + ":30:15 [pipeline.unknown-contract] 'Client' is not a contract. Contracts: Customer, Order, "
                        + "OrderLine.",
                broken
                        + ":34:9 [pipeline.unknown-step] 'standardize' is not a step. Did you mean 'standardise'? Steps: "
                        + "aggregate, cast, dedupe, drop, explode, filter, flatten, keep, key, lookup, mask, parse, rename, "
                        + "route, set, smt, standardise, table, unwrap, validate, window.",
                broken + ":37:11 [pipeline.unknown-stream] 'raw.oders' is not a stream. Did you mean 'raw.orders'? "
                        + "Streams: cleaned.customers, cleaned.order_lines, cleaned.orders, curated.revenue_by_country, "
                        + "enriched.order_lines, enriched.orders, raw.customers, raw.order_details, raw.orders.",
                broken + ":50:33 [expression.unknown-field] 'unit_prise' is not a field of value. Did you mean "
                        + "'unit_price'? Fields: order_id, product_id, unit_price, quantity, discount.",
                broken + ":52:41 [expression.type] '>=' is not defined for (decimal, string). Convert one side with "
                        + "decimal(x) or string(x).",
                broken
                        + ":75:70 [expression.aggregate] 'sun(value.revenue)' is not an aggregate. Did you mean 'sum'? Aggregates:"
                        + " count(), avg(x), count(x), count_distinct(x), first(x), last(x), max(x), min(x), sum(x).",
                broken + ":79:11 [pipeline.unknown-type] 's3-parket' is not a type of sink. Did you mean 's3-parquet'? "
                        + "Types: jdbc, s3-parquet, search-index.");

        assertThat(Cli.in(folder).millrace("validate", broken.toString())).isEqualTo(new Answer(YOURS, told));
        assertThat(run(Cli.in(folder), broken.toString())).isEqualTo(new Answer(YOURS, told));
    }

    private static String replaced(String text, Map<String, String> changes) {
        String result = text;
        for (Map.Entry<String, String> change : changes.entrySet()) {
            assertThat(result).contains(change.getKey());
            result = result.replace(change.getKey(), change.getValue());
        }
        return result;
    }

    @Test
    void aPipelineThatIsNotThereIsYours() throws Exception {
        Answer told = new Answer(
                YOURS,
                "no-such.yaml [pipeline.no-file] There is no pipeline here. Name a pipeline file, or a folder that holds"
                        + " pipeline.yaml.");

        assertThat(Cli.in(folder).millrace("validate", "no-such.yaml")).isEqualTo(told);
        assertThat(run(Cli.in(folder), "no-such.yaml")).isEqualTo(told);
    }

    @Test
    void referencesWithoutAValueAreAllTold() throws Exception {
        Answer told = new Answer(
                YOURS,
                String.join(
                        "\n",
                        unresolved("11:11", "SHOP_DB_URL"),
                        unresolved("13:16", "SHOP_DB_PASSWORD"),
                        unresolved("81:14", "LAKE")));

        assertThat(Cli.in(folder).millrace("validate", SHOP)).isEqualTo(told);
        assertThat(run(Cli.in(folder), SHOP)).isEqualTo(told);
        assertThat(Cli.in(folder).millrace("validate", SHOP, "--allow-unresolved"))
                .isEqualTo(new Answer(0, SHOP + " is valid."));
    }

    private static String unresolved(String position, String name) {
        return SHOP + "/pipeline.yaml:" + position + " [pipeline.unresolved-reference] '${env:" + name
                + "}' has no value. Set the environment variable '" + name + "', or write a default: ${env:" + name
                + ":-default}.";
    }

    @Test
    void aPortThatIsTakenIsTold() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();

            assertThat(answered().millrace("run", SHOP, "--data-dir", data(), "--broker-port", "" + port))
                    .isEqualTo(new Answer(
                            ENVIRONMENT,
                            "127.0.0.1:" + port
                                    + " [broker.port-in-use] The broker cannot listen on port '" + port
                                    + "': Address already in use. Stop what uses the port, or choose another one"
                                    + " (--broker-port; 0 takes any free port)."));
        }
    }

    @Test
    void aDataFolderIsOneRuns() throws Exception {
        Path brokerFolder = Path.of(data()).resolve("broker");
        try (BrokerLite other = BrokerLite.start(BrokerConfig.in(brokerFolder))) {
            String port = other.bootstrapServers().split(":")[1];

            assertThat(answered().millrace("run", SHOP, "--data-dir", data(), "--broker-port", port))
                    .isEqualTo(new Answer(
                            ENVIRONMENT,
                            brokerFolder + " [broker.folder-in-use] The data folder '"
                                    + brokerFolder + "' is in use by another broker. Stop the other run, or choose"
                                    + " another folder and port (--data-dir, --broker-port)."));
        }
    }

    @Test
    void aMissingPluginIsYours() throws Exception {
        Path withoutCdc = Distribution.linked(
                folder.resolve("without-cdc"), Map.of("s3-parquet", Distribution.plugin("s3-parquet")));
        Answer told = new Answer(
                YOURS,
                SHOP + "/pipeline.yaml:10:11 [pipeline.unknown-type] 'postgres-cdc' is not a type of source. No plugin"
                        + " offers any: put the plugin that has it into the plugins folder.");
        Path unknownClass = folder.resolve("lines.yaml");
        Files.writeString(unknownClass, """
                pipeline: lines
                sources:
                  text: {class: com.acme.Missing, config: {topic: raw.lines.app}, streams: {app: events}}
                streams:
                  cleaned.app: {from: raw.app}
                sinks:
                  lake: {type: s3-parquet, from: cleaned.app, bucket: my-lake}
                """);

        assertThat(Cli.in(folder).command(List.of(withoutCdc.toString(), "validate", SHOP, "--allow-unresolved")))
                .isEqualTo(told);
        assertThat(answered().command(List.of(withoutCdc.toString(), "run", SHOP, "--dev", "--data-dir", data())))
                .isEqualTo(told);
        assertThat(run(Cli.in(folder), unknownClass.toString()))
                .isEqualTo(new Answer(
                        YOURS,
                        unknownClass + ":3:17 [pipeline.unknown-class] No plugin holds the connector class"
                                + " 'com.acme.Missing'. Put the connector's plugin into the plugins folder, or correct"
                                + " the name."));
    }

    @Test
    void aFileInPlaceOfTheDataFolderIsTold() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(answered()
                        .millrace(
                                "run", SHOP, "--data-dir", file.resolve("data").toString()))
                .isEqualTo(new Answer(
                        ENVIRONMENT,
                        "[run.folder-unwritable] The data folder '" + file.resolve("data") + "' cannot be made: '"
                                + file + "' is a file. Choose another folder (--data-dir), or move the file away."));
    }

    /** Root may write anywhere, so a folder that refuses is a disk that is full. */
    @Test
    void aDiskThatIsFullIsTold() throws Exception {
        String mount = "mkdir disk && mount -t tmpfs -o size=256k none disk";
        assumeTrue(
                Cli.in(folder)
                                .command(List.of("unshare", "-rm", "sh", "-c", "mkdir try && mount -t tmpfs none try"))
                                .status()
                        == 0,
                "this system has no user namespaces that may mount");
        String millrace = Distribution.home().resolve("bin/millrace").toString();
        Path data = folder.resolve("disk/data");

        assertThat(answered()
                        .command(List.of(
                                "unshare",
                                "-rm",
                                "sh",
                                "-c",
                                mount + " && (head -c 1m /dev/zero > disk/filler 2>/dev/null; exec " + millrace
                                        + " run " + SHOP + " --data-dir " + data + ")")))
                .isEqualTo(new Answer(
                        ENVIRONMENT,
                        "[run.folder-full] The disk of the data folder '" + data
                                + "' has no space left. Free some space,"
                                + " or choose a folder on another disk (--data-dir)."));
        Files.delete(folder.resolve("disk"));
        assertThat(answered()
                        .command(List.of(
                                "unshare",
                                "-rm",
                                "sh",
                                "-c",
                                mount + " && exec " + millrace + " run " + SHOP + " --dev --data-dir " + data)))
                .isEqualTo(new Answer(
                        ENVIRONMENT,
                        data.resolve("broker")
                                + " [broker.disk-full] The disk of the broker's data folder has 0 MiB free; it needs 64"
                                + " MiB to start. Free some space, or choose a folder on another disk (--data-dir)."));
    }

    /** Every reference has a value. */
    private Cli answered() {
        return Cli.in(folder)
                .with("SHOP_DB_URL", "jdbc:postgresql://127.0.0.1:1/shop")
                .with("SHOP_DB_PASSWORD", "secret")
                .with("LAKE", "lake");
    }

    private Answer run(Cli cli, String pipeline) throws Exception {
        return cli.millrace("run", pipeline, "--data-dir", data(), "--broker-port", "0");
    }

    private String data() {
        return folder.resolve("data").toString();
    }
}
