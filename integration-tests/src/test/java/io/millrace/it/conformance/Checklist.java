package io.millrace.it.conformance;

import java.util.List;
import java.util.Map;

/** The items that a runtime of Connect plugins must keep, and what of them no scenario shows. */
final class Checklist {
    private static final List<String> TITLES = List.of(
            "shapes of entries of plugin.path",
            "child-first loading, and what is shared",
            "resources child first, each once",
            "aliases, only where unambiguous",
            "highest version, or the range that is given",
            "context class loader of every call",
            "plugins without manifest, without version, that cannot be constructed",
            "order and threads of a connector's calls",
            "start gets the whole configuration as given",
            "validate and its like on an instance that is never started",
            "errors of a configuration are told and refuse it",
            "unknown keys pass",
            "PAUSED: the connector stops, the same instance starts again",
            "STOPPED: tasks go; a FAILED connector can only be stopped",
            "requestTaskReconfiguration, from any thread",
            "raiseError fails the connector, tasks go on",
            "more configurations than tasks.max",
            "task.class and topics in a task's configuration",
            "offset reader in a source connector's context only",
            "alterOffsets and reset",
            "one thread per task, initialize, start, loop, stop",
            "a task of a paused connector is not started",
            "stop once, also after a start that threw",
            "version of a task is asked before the start",
            "errors; transforms and converters close after the task",
            "context.configs() resolved",
            "a stop that takes too long is abandoned",
            "null and empty polls; a batch is dispatched before the next poll",
            "RetriableException of poll",
            "order in is order out; a retry runs one record again",
            "commitRecord, at least once",
            "commit, at least once",
            "commitRecord and commit, exactly once",
            "offsets advance over what is acknowledged only",
            "dropped records do not advance offsets",
            "last offset commit at the stop",
            "a record that the producer refuses",
            "source offsets: form and storage",
            "offset reader reads to the end",
            "transactional ids and fencing",
            "transaction boundaries",
            "the topic of offsets is not written to",
            "producer settings, overrides, record timestamps",
            "topic creation groups",
            "headers, then key, then value, with the transformed record",
            "subscribe, initialize, start, open, put",
            "open: new partitions; positions asked for in start and open",
            "put of an empty collection",
            "RetriableException of put, timeout",
            "key, value, headers, then transforms; original topic, partition, offset",
            "records are a subclass; newRecord keeps where they came from",
            "preCommit: what is offered and what is taken",
            "preCommit or flush that throws",
            "partitions that are revoked",
            "stop of a sink: preCommit, close, stop",
            "pause, resume, offset and the like of a sink's context",
            "errant record reporter",
            "group, topics and topics.regex, dead letter topic",
            "which errors are tolerated, and tried again",
            "after a failed stage no other; null drops; predicates",
            "form of a dead letter",
            "which converter, and how it is configured",
            "prefixes and reserved keys of transforms");

    private static final Map<Integer, String> NOT_SHOWN = Map.ofEntries(
            Map.entry(5, "ranges of converters, transforms and predicates"),
            Map.entry(20, "a plugin that throws UnsupportedOperationException; the two messages"),
            Map.entry(25, "that a task which was left behind changes no status"),
            Map.entry(26, "secrets that change while a task runs"),
            Map.entry(27, "what an abandoned task can still write"),
            Map.entry(30, "a send that fails and is tried again"),
            Map.entry(34, "acknowledgements out of order"),
            Map.entry(36, "its time limit"),
            Map.entry(37, "what only the broker refuses"),
            Map.entry(38, "partitions of several fields"),
            Map.entry(39, "a read that blocks or comes after the end; a connector's own topic of offsets"),
            Map.entry(40, "a zombie that is fenced (SourceIT of the worker shows it)"),
            Map.entry(41, "wishes that contradict each other"),
            Map.entry(43, "the producer's settings"),
            Map.entry(52, "requestCommit; commits that overlap or take too long"),
            Map.entry(53, "a commit that the broker refuses"),
            Map.entry(54, "partitions that are lost"),
            Map.entry(56, "calls from other threads"),
            Map.entry(57, "the wait for letters before a commit"),
            Map.entry(58, "a group that is the worker's own"),
            Map.entry(61, "the replication factor; a topic of letters that cannot be written"));

    private Checklist() {}

    static int size() {
        return TITLES.size();
    }

    /** @param item from 1 */
    static String title(int item) {
        return TITLES.get(item - 1);
    }

    /** What is left to show; empty where that is nothing known. */
    static String notShown(int item) {
        return NOT_SHOWN.getOrDefault(item, "");
    }
}
