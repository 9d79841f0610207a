package killagent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Kills its own process when a method is entered for the n-th time on a thread whose name holds a text. Argument:
 * {@code <class>#<method>@<text>:<n>}, and after commas {@code follows=<class>#<method>}: only entries count before which the thread entered
 * that method too, since the entry before; and {@code armed=<file>}: only entries count that come when the file is there. The kill is the
 * operating system's SIGKILL: nothing of the process runs after it.
 */
public final class KillAgent {
    /** Calls still to let through. */
    public static final AtomicInteger REMAINING = new AtomicInteger();

    private static final Map<Thread, Boolean> PREPARED = new ConcurrentHashMap<>();
    private static volatile String threadText = "";
    private static volatile boolean follows;
    private static volatile Path armed;

    private KillAgent() {}

    public static void premain(String argument, Instrumentation instrumentation) {
        String[] parts = argument.split(",");
        String[] place = parts[0].split("[#@]|:(?=\\d+$)");
        threadText = place[2];
        REMAINING.set(Integer.parseInt(place[3]));
        AgentBuilder agent = advise(new AgentBuilder.Default().disableClassFormatChanges(), place, Entry.class);
        for (int i = 1; i < parts.length; i++) {
            String[] option = parts[i].split("=", 2);
            if (option[0].equals("follows")) {
                follows = true;
                agent = advise(agent, option[1].split("#"), Before.class);
            } else {
                armed = Path.of(option[1]);
            }
        }
        agent.installOn(instrumentation);
    }

    private static AgentBuilder advise(AgentBuilder agent, String[] place, Class<?> advice) {
        return agent.type(ElementMatchers.named(place[0]))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(advice).on(ElementMatchers.named(place[1]))));
    }

    /** Called at the entry of the method that must come first. */
    public static void before() {
        Thread thread = Thread.currentThread();
        if (thread.getName().contains(threadText)) {
            PREPARED.put(thread, true);
        }
    }

    /** Called at the entry of the method. */
    public static void entered() {
        Thread thread = Thread.currentThread();
        if (!thread.getName().contains(threadText) || (follows && PREPARED.remove(thread) == null)) {
            return;
        }
        if ((armed == null || Files.exists(armed)) && REMAINING.decrementAndGet() == 0) {
            die();
        }
    }

    private static void die() {
        try {
            new ProcessBuilder(
                            "kill", "-9", Long.toString(ProcessHandle.current().pid()))
                    .start();
        } catch (IOException e) {
            Runtime.getRuntime().halt(137);
        }
        while (true) {
            LockSupport.park();
        }
    }

    /** Copied into the method. */
    public static final class Entry {
        private Entry() {}

        @Advice.OnMethodEnter
        public static void enter() {
            KillAgent.entered();
        }
    }

    /** Copied into the method that must come first. */
    public static final class Before {
        private Before() {}

        @Advice.OnMethodEnter
        public static void enter() {
            KillAgent.before();
        }
    }
}
