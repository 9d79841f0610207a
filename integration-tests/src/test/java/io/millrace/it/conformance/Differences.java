package io.millrace.it.conformance;

import static io.millrace.it.conformance.Difference.Sort.INTENDED;
import static io.millrace.it.conformance.Difference.Sort.TO_MEND;

import io.millrace.it.conformance.Difference.Sort;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All differences between our worker and Connect that are known: the only place that names them. */
final class Differences {
    private static final Set<Kind> BOTH = Set.of(Kind.STANDALONE, Kind.DISTRIBUTED);
    private static final Set<Kind> STANDALONE = Set.of(Kind.STANDALONE);
    private static final Set<Kind> DISTRIBUTED = Set.of(Kind.DISTRIBUTED);

    private final List<Difference> all = new ArrayList<>();

    private Differences() {}

    static List<Difference> all() {
        Differences differences = new Differences();
        differences.ofConnectors();
        differences.ofConfigurations();
        differences.ofSources();
        differences.atLeastOnce();
        differences.ofSinks();
        differences.ofErrors();
        return List.copyOf(differences.all);
    }

    private void add(Sort sort, int item, Set<Kind> from, String findings, List<String> diff, String reason) {
        List<String> names = Stream.of(findings.split(";")).map(String::strip).toList();
        all.add(new Difference(sort, List.of(item), from, names, diff, reason));
    }

    private void ofConnectors() {
        add(
                INTENDED,
                8,
                BOTH,
                "connector-life / threads",
                List.of("- connector.taskConfigs: another thread", "+ connector.taskConfigs: connector thread"),
                "A connector is called by its own thread only, so that one that blocks in taskConfigs holds up nobody else.");
        add(
                INTENDED,
                15,
                BOTH,
                "connector-reconfigures / threads of taskConfigs",
                List.of("- another thread", "- another thread", "+ connector thread", "+ connector thread"),
                "As above; standalone's synchronous call on the caller's thread is re-entrant.");
        add(
                INTENDED,
                16,
                BOTH,
                "connector-raises / connector's calls; connector-start-throws / connector's calls",
                List.of("+ connector 1: stop"),
                "A connector that failed is stopped too, so that what it opened is closed; Connect forgets it.");
        add(
                INTENDED,
                17,
                DISTRIBUTED,
                "too-many-tasks / connector's calls",
                List.of("+ connector 1: stop"),
                "As above.");
        add(
                INTENDED,
                8,
                DISTRIBUTED,
                "connector-configs-throw / state of the connector",
                List.of("- RUNNING", "+ FAILED"),
                "A connector whose taskConfigs throws has no tasks that could do its work: the status says so, and it is"
                        + " started again with backoff.");
        add(
                INTENDED,
                25,
                BOTH,
                "source-fails-once / lives of the task",
                List.of("- 1", "+ 2"),
                "Failed tasks start again by themselves.");
        add(
                INTENDED,
                27,
                BOTH,
                "source-poll-hangs / stops; source-poll-waits-for-stop / stops",
                List.of("- 0", "+ 1"),
                "A poll that blocks is told to end by stop() once half of the graceful time is over, then interrupted;"
                        + " Connect leaves the task behind, which still owns its source (KAFKA-15090).");
        add(
                INTENDED,
                27,
                BOTH,
                "source-poll-hangs / threads of stop; source-poll-waits-for-stop / threads of stop",
                List.of("+ another thread"),
                "As above: it cannot come on the thread that blocks.");
    }

    private void ofConfigurations() {
        add(
                INTENDED,
                4,
                BOTH,
                "alias-of-two-kinds / is taken",
                List.of("- false", "+ true"),
                "A short name has to be unambiguous among the plugins of the kind that is asked for; Connect mixes all kinds.");
        add(
                TO_MEND,
                5,
                BOTH,
                "version-range / version",
                List.of("- 1.9", "+ 1.10"),
                "'connector.plugin.version' and its like are not read: ConnectorValidation.spec, TransformReader.make and"
                        + " ConverterReader.read are to give it to PluginResolver.resolve, which is to filter its candidates.");
        add(
                TO_MEND,
                26,
                BOTH,
                "source-secret / secret",
                List.of("- secret of password", "+ ${probe:somewhere:password}"),
                "Worker knows no config.providers: they are to be resolved before ConnectorValidation.validate and, for"
                        + " context.configs(), at each start of a task (SourceLoop.startTask, SinkLoop.startTask).");
        add(
                TO_MEND,
                43,
                BOTH,
                "refused-override / answer",
                List.of("- 400", "+ 200"),
                "Worker has no connector.client.config.override.policy: KafkaClients.override takes everything but what"
                        + " exactly-once stands on; ConnectorValidation is to ask the policy.");
        add(
                TO_MEND,
                43,
                BOTH,
                "refused-override / is started",
                List.of("- 0", "+ 1"),
                "As above.");
        add(
                INTENDED,
                63,
                BOTH,
                "predicate-of-nobody / answer",
                List.of("- 2", "+ 4"),
                "A transform whose predicate does not exist can never run: told before the start, not by a task that fails.");
        add(
                INTENDED,
                62,
                BOTH,
                "source-life / configurations",
                List.of(
                        "- converter key {probe.connector=source-life}",
                        "- converter value {probe.connector=source-life}",
                        "+ converter key {converter.type=key, probe.connector=source-life}",
                        "+ converter value {converter.type=value, probe.connector=source-life}"),
                "Key and value converters are told their type in converter.type too, where ConverterConfig declares it;"
                        + " Connect tells only header converters so.");
    }

    private void ofSources() {
        add(
                INTENDED,
                29,
                BOTH,
                "source-poll-retriable / five polls that fail take more than 1.2 s",
                List.of("- false", "+ true"),
                "A poll that fails is tried again with backoff, not in a busy loop.");
        add(
                INTENDED,
                35,
                BOTH,
                "source-drops / offsets of the lives",
                List.of("- {n=3}", "+ {n=4}"),
                "Offsets advance over dropped records, in the transaction of what was before them.");
        add(
                INTENDED,
                43,
                BOTH,
                "source-timestamps / timestamps",
                List.of("- as given", "+ now"),
                "A record's timestamp is its time of arrival (SEMANTICS.md, Time).");
        add(
                INTENDED,
                43,
                BOTH,
                "source-timestamps / headers",
                List.of("- {h=h2}", "+ {h=h2, millrace.source.timestamp=1000}"),
                "The connector's own timestamp is kept in a header.");
        add(
                TO_MEND,
                44,
                BOTH,
                "source-topics / partitions",
                List.of("- 3", "+ 2"),
                "TopicCreator.fromConfig reads the group 'default' only: it is to go through topic.creation.groups, and the"
                        + " first whose include matches and whose exclude does not gives partitions, replication and configs.");
        add(
                INTENDED,
                37,
                DISTRIBUTED,
                "source-too-large / the task fails",
                List.of("- true", "+ false"),
                "errors.tolerance=all holds for what the producer refuses also where sources are exactly once: the"
                        + " transaction is sent again without the record.");
        add(
                INTENDED,
                37,
                DISTRIBUTED,
                "source-too-large / records",
                List.of("+ k1:v1", "+ k3:v3"),
                "As above.");
        add(
                INTENDED,
                37,
                DISTRIBUTED,
                "source-too-large / commitRecord without metadata",
                List.of("- 0", "+ 1"),
                "As above.");
    }

    /** Ours are always exactly once. */
    private void atLeastOnce() {
        add(
                INTENDED,
                31,
                STANDALONE,
                "source-life / threads of commitRecord",
                List.of("- producer thread", "+ task thread"),
                "Sources are exactly once with one worker too: commitRecord comes after the transaction (KIP-618).");
        add(
                INTENDED,
                32,
                STANDALONE,
                "source-life / commit comes on another thread too",
                List.of("- true", "+ false"),
                "As above, for commit.");
        add(
                INTENDED,
                33,
                STANDALONE,
                "source-life / commitRecord",
                List.of("- v3 of source-life, at 2", "+ v3 of source-life, at 3"),
                "The marker of the first transaction takes a position in the topic.");
    }

    private void ofSinks() {
        add(
                INTENDED,
                47,
                BOTH,
                "sink-rebalances / partitions given and taken",
                List.of("- close 2", "- open 1", "- open 2", "+ open 1"),
                "The cooperative assignor takes and gives only the partitions that move.");
        add(
                INTENDED,
                54,
                BOTH,
                "sink-rebalances / what comes before each close",
                List.of("- task.preCommit", "- task.close"),
                "As above: there are fewer closes.");
        for (String scenario : List.of("sink-put-throws", "sink-open-throws", "sink-tolerates-nothing")) {
            add(
                    INTENDED,
                    55,
                    BOTH,
                    scenario + " / task's calls",
                    List.of("- task.preCommit {" + scenario + "-0=0}", "- task.flush {" + scenario + "-0=0}"),
                    "After a failure nothing is committed any more, so nothing is asked for.");
        }
        add(
                INTENDED,
                55,
                BOTH,
                "sink-life / flush without preCommit",
                List.of("- 0", "+ 1"),
                "At the end flush is called before preCommit too: a task that has its own preCommit cannot know there that"
                        + " it is the last, and what it gathers would be read again after each stop.");
        add(
                INTENDED,
                49,
                BOTH,
                "sink-put-retriable / the same comes again after the whole time",
                List.of("- false", "+ true"),
                "The time that a task asks for is kept; on Connect the next commit ends it.");
        add(
                INTENDED,
                47,
                BOTH,
                "sink-moves-in-start / state of the task",
                List.of("- FAILED", "+ RUNNING"),
                "A position that is asked for in start() waits for the partition; Connect applies it before there is one, and"
                        + " the task fails.");
        add(
                INTENDED,
                47,
                BOTH,
                "sink-moves-in-start / values put",
                List.of("+ sink-moves-in-start v4 headers [h]", "+ sink-moves-in-start v5 headers [h]"),
                "As above.");
    }

    private void ofErrors() {
        add(
                INTENDED,
                61,
                BOTH,
                "sink-reports / headers of Millrace; sink-reports-new / headers of Millrace;"
                        + " sink-reports-foreign / headers of Millrace; sink-tolerates-transform / headers of Millrace;"
                        + " sink-tolerates-key / headers of Millrace; sink-tolerates-value / headers of Millrace;"
                        + " sink-tolerates-header / headers of Millrace",
                List.of(
                        "+ millrace.attempts",
                        "+ millrace.error.code",
                        "+ millrace.error.fingerprint",
                        "+ millrace.error.message",
                        "+ millrace.rule",
                        "+ millrace.stage",
                        "+ millrace.version"),
                "Our dead letters tell more than Connect's, in headers of their own.");
        add(
                INTENDED,
                59,
                BOTH,
                "retry-ends / state of the task",
                List.of("- RUNNING", "+ FAILED"),
                "What is transient is never skipped: after errors.retry.timeout the task fails and starts again.");
    }
}
