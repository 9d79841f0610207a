package io.millrace.broker.crash;

import io.millrace.broker.Brokers;
import java.nio.file.Path;

/** A broker in a process of its own, which can be killed. Says {@code ready} when it serves. */
public final class BrokerProgram {
    private BrokerProgram() {}

    public static void main(String[] arguments) throws Exception {
        Brokers.Running broker = Brokers.start(Path.of(arguments[0]), arguments[1], Integer.parseInt(arguments[2]));
        System.out.println("ready " + broker.bootstrapServers());
        // the parent holds the other end: no broker outlives its test
        while (System.in.read() >= 0) {
            continue;
        }
        broker.close();
    }
}
