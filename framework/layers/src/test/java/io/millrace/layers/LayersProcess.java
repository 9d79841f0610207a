package io.millrace.layers;

import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.plugin.discovery.Plugins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Layers in a process of their own, to be killed. */
public final class LayersProcess {
    private LayersProcess() {}

    /**
     * @param log where what it prints goes
     */
    static Process start(LayersConfig config, Path log) throws IOException {
        return start(config, log, "");
    }

    /**
     * @param yaml the pipeline; empty for the shop
     */
    static Process start(LayersConfig config, Path log, String yaml) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile", ""),
                        "-cp",
                        classPath,
                        LayersProcess.class.getName(),
                        config.bootstrapServers(),
                        config.stateDir().toString(),
                        yaml)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** Ends when its parent does: when the input is at its end. */
    public static void main(String[] arguments) throws Exception {
        LayersConfig config = LayersConfig.of(arguments[0], Path.of(arguments[1]));
        PipelinePlan plan = arguments[2].isEmpty() ? ShopPlan.plan() : YamlPlans.plan(arguments[2]);
        try (Plugins plugins = Plugins.scan(List.of());
                Layers layers = Layers.start(plan, config, plugins)) {
            while (System.in.read() >= 0) {
                layers.status();
            }
        }
    }
}
