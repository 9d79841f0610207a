package io.millrace.plugin.record;

import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.discovery.ContextClassLoader;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.plugin.fusion.Fusion;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The single-message transforms of a connector, or of one step of a layer, in order (KIP-66, predicates KIP-585). Every call runs under
 * the plugin's own class loader. Steps that are Apache's own transforms, without predicates, are done in one pass where that gives the same record:
 * see {@link Fusion}. Owned by one thread.
 */
public final class TransformChain<R extends ConnectRecord<R>> implements AutoCloseable {
    private final List<Step<R>> steps;
    private final List<@Nullable Fusion<R>> fusions;

    /** One transformation, with the predicate that guards it. */
    record Step<R extends ConnectRecord<R>>(
            String alias,
            Part<Transformation<R>> transformation,
            @Nullable Part<Predicate<R>> predicate,
            boolean negate) {}

    /**
     * An instance of a plugin and its loader.
     *
     * @param config that it was configured with
     */
    record Part<T extends AutoCloseable>(T instance, ClassLoader loader, Map<String, String> config) {
        String className() {
            return instance.getClass().getName();
        }

        void close() {
            try (ContextClassLoader.Scope ignored = ContextClassLoader.enter(loader)) {
                Utils.closeQuietly(instance, className());
            }
        }
    }

    TransformChain(List<Step<R>> steps, RecordPath path) {
        this.steps = List.copyOf(steps);
        this.fusions = path.fuse(this.steps);
    }

    /**
     * The chain that {@code transforms}, {@code transforms.<alias>.*} and {@code predicates.*} describe; empty where there is no
     * {@code transforms}.
     *
     * @param connectorLoader where the classes are looked for first
     * @throws ProblemException YOURS, with everything that is wrong: {@code plugin.transform-config}, {@code plugin.not-found} and the others of
     *     {@link Plugins#resolve}
     */
    public static <R extends ConnectRecord<R>> TransformChain<R> create(
            Plugins plugins, ClassLoader connectorLoader, Map<String, String> connectorConfig) {
        return create(plugins, connectorLoader, connectorConfig, RecordPath.COMPILED);
    }

    /** @param path whether Apache's own transforms may be fused; {@link #create(Plugins, ClassLoader, Map)} lets them be */
    public static <R extends ConnectRecord<R>> TransformChain<R> create(
            Plugins plugins, ClassLoader connectorLoader, Map<String, String> connectorConfig, RecordPath path) {
        return new TransformChain<>(new TransformReader<R>(plugins, connectorLoader, connectorConfig).read(), path);
    }

    /**
     * A chain of one transformation.
     *
     * @param transformClass class name or alias
     * @param config of the transformation, without prefix
     * @throws ProblemException as {@link #create}
     */
    public static <R extends ConnectRecord<R>> TransformChain<R> of(
            Plugins plugins, String transformClass, Map<String, String> config) {
        return new TransformChain<>(TransformReader.<R>readOne(plugins, transformClass, config), RecordPath.COMPILED);
    }

    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /** The aliases of the steps, in order. */
    public List<String> aliases() {
        return steps.stream().map(Step::alias).toList();
    }

    /**
     * Passes a record through all steps.
     *
     * @return null where a step dropped it
     * @throws TransformFailure around any exception of a step
     */
    public @Nullable R apply(R input) {
        R current = input;
        int next = 0;
        while (next < steps.size()) {
            Fusion<R> fusion = fusions.get(next);
            R fused = fusion == null ? null : fusion.apply(current);
            if (fusion != null && fused != null) {
                current = fused;
                next += fusion.length();
                continue;
            }
            Step<R> step = steps.get(next++);
            if (applies(step, current)) {
                current = transform(step, current);
                if (current == null) {
                    return null;
                }
            }
        }
        return current;
    }

    private static <R extends ConnectRecord<R>> boolean applies(Step<R> step, R input) {
        Part<Predicate<R>> predicate = step.predicate();
        if (predicate == null) {
            return true;
        }
        try (ContextClassLoader.Scope ignored = ContextClassLoader.enter(predicate.loader())) {
            return predicate.instance().test(input) != step.negate();
        } catch (Exception e) {
            throw new TransformFailure(step.alias(), predicate.className(), e);
        }
    }

    @SuppressWarnings("NullAway") // Connect's own types are not annotated: null means dropped
    private static <R extends ConnectRecord<R>> R transform(Step<R> step, R input) {
        Part<Transformation<R>> transformation = step.transformation();
        try (ContextClassLoader.Scope ignored = ContextClassLoader.enter(transformation.loader())) {
            return transformation.instance().apply(input);
        } catch (Exception e) {
            throw new TransformFailure(step.alias(), transformation.className(), e);
        }
    }

    /** Closes all transformations and predicates; a failure is logged. */
    @Override
    public void close() {
        for (Step<R> step : steps) {
            step.transformation().close();
            if (step.predicate() != null) {
                step.predicate().close();
            }
        }
    }
}
