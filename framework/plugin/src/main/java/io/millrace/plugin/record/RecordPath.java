package io.millrace.plugin.record;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.fusion.Fusion;
import io.millrace.plugin.json.CompiledJsonConverter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;

/** How a worker runs the plugins that Apache Kafka brings; all others run as they are. The results are the same. */
public enum RecordPath {
    /** JsonConverter and the transforms compiled for each schema: {@link CompiledJsonConverter}, {@link Fusion}. */
    COMPILED,
    /** Apache's own classes. */
    PLAIN;

    /** The worker's setting, {@code compiled} where it is not set. */
    public static final String SETTING = "millrace.record.path";

    /** @throws ProblemException YOURS, {@code plugin.record-path}: the setting is neither of the two */
    public static RecordPath of(Map<String, String> workerConfig) {
        String text = workerConfig.getOrDefault(SETTING, "compiled").strip();
        return Arrays.stream(values())
                .filter(path -> path.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> unknown(text));
    }

    private static ProblemException unknown(String text) {
        return new ProblemException(
                ExitCode.YOURS,
                Problem.error(
                        "plugin.record-path",
                        SETTING,
                        "'" + text + "' is no value of '" + SETTING + "'.",
                        "Write 'compiled' or 'plain'."));
    }

    /** A new converter: ours for exactly Apache's JsonConverter of the worker's class path, else what was found. */
    @SuppressWarnings("unchecked") // a compiled converter is a JsonConverter
    <T> T newConverter(PluginClass<T> found) {
        boolean compiled = this == COMPILED && found.type() == JsonConverter.class;
        return compiled ? (T) new CompiledJsonConverter() : found.newInstance();
    }

    /** By the index of its first step, what does that and the following steps in one pass; null where a step is done alone. */
    <R extends ConnectRecord<R>> List<@Nullable Fusion<R>> fuse(List<TransformChain.Step<R>> steps) {
        List<@Nullable Fusion<R>> fusions = new ArrayList<>();
        for (int i = 0; i < steps.size(); ) {
            Fusion<R> fusion = this == COMPILED ? Fusion.ofFirst(unconditional(steps, i)) : null;
            fusions.add(fusion);
            i++;
            for (int inside = 1; fusion != null && inside < fusion.length(); inside++) {
                fusions.add(null);
                i++;
            }
        }
        return fusions;
    }

    private static <R extends ConnectRecord<R>> List<Fusion.Member<R>> unconditional(
            List<TransformChain.Step<R>> steps, int from) {
        return steps.subList(from, steps.size()).stream()
                .takeWhile(step -> step.predicate() == null)
                .map(step -> new Fusion.Member<>(
                        step.transformation().instance(), step.transformation().config()))
                .toList();
    }
}
