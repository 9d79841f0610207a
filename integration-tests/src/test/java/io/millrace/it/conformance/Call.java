package io.millrace.it.conformance;

/**
 * A call that a probe wrote down.
 *
 * @param nanos when, by the clock of its JVM
 * @param id of the instance
 * @param connector whose it is; empty where the instance never learnt it
 * @param loader {@code plugin} where the context class loader was the plugin's own, else the class of the loader
 */
record Call(
        long nanos,
        String role,
        String id,
        String connector,
        String task,
        String call,
        String thread,
        String loader,
        String detail) {

    /** From a line of a {@code probeplugin.Trace}. */
    static Call of(String line) {
        String[] part = line.split("\t", -1);
        if (part.length != 9) {
            throw new IllegalArgumentException("no call: '" + line + "'");
        }
        return new Call(
                Long.parseLong(part[0]), part[1], part[2], part[3], part[4], part[5], part[6], part[7], part[8]);
    }

    /** The same call, of an instance that learnt later whose it is. */
    Call ownedBy(String owner) {
        return new Call(nanos, role, id, owner, task, call, thread, loader, detail);
    }

    String what() {
        return role + "." + call;
    }

    /** What kind of thread it was. */
    String threadKind() {
        if (thread.equals("task-thread-" + connector + "-" + task)) {
            return "task thread";
        }
        if (thread.matches("task-thread-.*-\\d+")) {
            return "a task's thread";
        }
        if (thread.equals("connector-thread-" + connector)) {
            return "connector thread";
        }
        if (thread.startsWith("kafka-producer-network-thread")) {
            return "producer thread";
        }
        return "another thread";
    }

    /** Whether the context class loader was the plugin's. */
    String loaderKind() {
        return loader.equals("plugin") ? "plugin's" : "other";
    }
}
