package io.millrace.it.conformance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What happened to the plugins of one connector, without what a runtime is free to do: how often a task is polled for nothing, given an empty
 * batch or asked for offsets meanwhile, when and how often instances are made that nothing is started with, where the parts of a task are made and in
 * which order its transforms and converters are closed.
 */
final class Story {
    private static final Set<String> FREE =
            Set.of("<init>", "version", "config", "configure", "taskClass", "batch", "context", "secret", "assignment");
    private static final Set<String> LIFE = Set.of("initialize", "start", "stop", "taskConfigs", "wish");
    private static final Set<String> ASKED_IN_BETWEEN = Set.of("task.preCommit", "task.flush");

    private final List<Call> calls;

    Story(List<Call> calls) {
        this.calls = calls;
    }

    /** The calls of connectors that were started, each instance from {@code initialize} on. */
    List<String> connector() {
        Set<String> started = instances("connector", "start");
        List<String> lines = new ArrayList<>();
        List<String> seen = new ArrayList<>(started);
        for (Call call : calls) {
            if (started.contains(call.id()) && LIFE.contains(call.call())) {
                lines.add("connector " + (seen.indexOf(call.id()) + 1) + ": " + line(call));
            }
        }
        return lines;
    }

    private Set<String> instances(String role, String having) {
        return calls.stream()
                .filter(call -> call.role().equals(role) && call.call().equals(having))
                .map(Call::id)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String line(Call call) {
        return call.call() + (call.detail().isEmpty() ? "" : " " + call.detail());
    }

    /** On which kind of thread, or under which loader, each method was called. */
    List<String> by(Function<Call, String> kind, Predicate<Call> which) {
        Map<String, Set<String>> kinds = new TreeMap<>();
        for (Call call : calls) {
            if (which.test(call)) {
                kinds.computeIfAbsent(call.what(), what -> new TreeSet<>()).add(kind.apply(call));
            }
        }
        return kinds.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + String.join(", ", entry.getValue()))
                .toList();
    }

    /** Of connectors that were started. */
    Predicate<Call> started() {
        Set<String> started = instances("connector", "start");
        return call -> started.contains(call.id()) && LIFE.contains(call.call());
    }

    /** Of the parts of tasks, without those that were made to be looked at only. */
    Predicate<Call> ofTasks() {
        Set<String> used = calls.stream()
                .filter(call -> isOfTask(call) && call.thread().startsWith("task-thread-"))
                .map(Call::id)
                .collect(Collectors.toSet());
        return call -> used.contains(call.id()) && isOfTask(call);
    }

    /** Transforms, converters and the like that records went through, and that were not closed since. */
    List<String> partsLeftOpen() {
        Set<String> open = new LinkedHashSet<>();
        for (Call call : calls) {
            if (!isOfTask(call) || call.role().equals("task")) {
                continue;
            }
            if (call.call().endsWith("close")) {
                open.remove(call.role() + " " + call.id());
            } else {
                open.add(call.role() + " " + call.id());
            }
        }
        return List.copyOf(open);
    }

    /** Of tasks, and of what handles their records. */
    private static boolean isOfTask(Call call) {
        return !FREE.contains(call.call())
                && !Set.of("connector", "configProvider", "overridePolicy").contains(call.role());
    }

    /** All that happened on the thread of a task, all its lives in one. */
    List<String> task(int task) {
        String thread = "-" + task;
        List<String> lines = new ArrayList<>();
        List<Call> kept = calls.stream()
                .filter(call -> isOfTask(call)
                        && call.thread().startsWith("task-thread-")
                        && call.thread().endsWith(thread))
                .filter(Story::hasSomething)
                .filter(call -> !call.call().startsWith("commit"))
                .toList();
        for (int i = 0; i < kept.size(); i++) {
            Call call = kept.get(i);
            if (ASKED_IN_BETWEEN.contains(call.what()) && !closes(kept, i)) {
                continue;
            }
            String line = call.what() + (call.detail().isEmpty() ? "" : " " + call.detail());
            boolean again = !lines.isEmpty() && lines.get(lines.size() - 1).equals(line);
            if (!again || !ASKED_IN_BETWEEN.contains(call.what())) {
                lines.add(line);
            }
        }
        return closesSorted(lines);
    }

    /**
     * On the thread of a task, what it is told of records that are committed, and where between its polls; without positions in topics, and records
     * that are told together sorted, since on Connect dropped ones come first.
     */
    List<String> acknowledged(int task) {
        List<String> lines = new ArrayList<>();
        List<String> told = new ArrayList<>();
        for (Call call : calls) {
            boolean there =
                    call.thread().startsWith("task-thread-") && call.thread().endsWith("-" + task);
            if (!there || !hasSomething(call)) {
                continue;
            }
            if (call.what().equals("task.commitRecord")) {
                told.add(call.what() + " " + call.detail().replaceAll(", at \\d+", ", sent"));
            } else if (call.what().matches("task.(poll|stop)")
                    || (call.what().equals("task.commit") && !told.isEmpty())) {
                told.stream().sorted().forEach(lines::add);
                told.clear();
                lines.add(line(call).replaceFirst("^", "task."));
            }
        }
        told.stream().sorted().forEach(lines::add);
        return lines;
    }

    private static boolean hasSomething(Call call) {
        return !(call.what().equals("task.poll") && call.detail().equals("nothing"))
                && !(call.what().equals("task.put") && call.detail().equals("[]"));
    }

    /** Whether only questions for offsets come between a call and the close of partitions, and it is the last of its kind. */
    private static boolean closes(List<Call> kept, int at) {
        for (int i = at + 1; i < kept.size(); i++) {
            if (kept.get(i).what().equals("task.close")) {
                return true;
            }
            if (!ASKED_IN_BETWEEN.contains(kept.get(i).what())
                    || kept.get(i).what().equals("task.preCommit")) {
                return false;
            }
        }
        return false;
    }

    private static List<String> closesSorted(List<String> lines) {
        List<String> sorted = new ArrayList<>();
        List<String> closes = new ArrayList<>();
        for (String line : lines) {
            boolean part =
                    line.matches("(transformation|predicate|headerConverter)\\.close|converter\\.(key|value)\\.close");
            if (part) {
                closes.add(line);
                continue;
            }
            closes.stream().sorted().forEach(sorted::add);
            closes.clear();
            sorted.add(line);
        }
        closes.stream().sorted().forEach(sorted::add);
        return sorted;
    }
}
