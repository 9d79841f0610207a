package io.millrace.plugin.fusion;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.cache.LRUCache;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run of Apache's transforms that can be done in one pass. Owned by one thread. */
public final class Fusion<R extends ConnectRecord<R>> {
    private static final Logger LOG = LoggerFactory.getLogger(Fusion.class);
    private static final int MOST_PLANS = 100;
    private static final int MOST_UNPROVED = 1000;

    private final List<Transformation<R>> transforms;
    private final List<FusedStep> steps;
    private final Set<Side> sides = EnumSet.noneOf(Side.class);
    private final LRUCache<Schemas, Known<R>> plans = new LRUCache<>(MOST_PLANS);
    private @Nullable Plan<R> last;
    private int unproved;

    /**
     * One transform, configured already.
     *
     * @param config that it was configured with
     */
    public record Member<R extends ConnectRecord<R>>(Transformation<R> transform, Map<String, String> config) {}

    private record Schemas(@Nullable Schema key, @Nullable Schema value) {}

    /** @param plan null where such records are for the transforms themselves */
    private record Known<R extends ConnectRecord<R>>(
            @Nullable Plan<R> plan) {}

    private Fusion(List<Transformation<R>> transforms, List<FusedStep> steps) {
        this.transforms = transforms;
        this.steps = steps;
        Set<Side> made = EnumSet.noneOf(Side.class);
        for (FusedStep step : steps) {
            step.sides().stream().filter(side -> !made.contains(side)).forEach(sides::add);
            made.addAll(step.makes());
        }
    }

    /**
     * As many of the first members as can be fused.
     *
     * @return null where that is not worth it
     */
    public static <R extends ConnectRecord<R>> @Nullable Fusion<R> ofFirst(List<Member<R>> members) {
        List<Transformation<R>> transforms = new ArrayList<>();
        List<FusedStep> steps = new ArrayList<>();
        for (Member<R> member : members) {
            FusedStep step = FusedSteps.of(member.transform, member.config);
            if (step == null) {
                break;
            }
            transforms.add(member.transform);
            steps.add(step);
        }
        Fusion<R> fusion = new Fusion<>(transforms, steps);
        return fusion.sides.isEmpty() ? null : fusion;
    }

    /** How many transforms it stands for. */
    public int length() {
        return steps.size();
    }

    /** @return null where the record is for the transforms themselves, one after another */
    public @Nullable R apply(R record) {
        Plan<R> plan = last;
        if (plan != null && plan.isFor(record)) {
            return plan.apply(record);
        }
        for (Side side : sides) {
            if (!(side.content(record) instanceof Struct)) {
                return null;
            }
        }
        Known<R> known = plans.get(schemas(record));
        if (known == null) {
            return learn(record);
        }
        last = known.plan;
        return known.plan == null ? null : known.plan.apply(record);
    }

    private Schemas schemas(R record) {
        return new Schemas(
                sides.contains(Side.KEY) ? record.keySchema() : null,
                sides.contains(Side.VALUE) ? record.valueSchema() : null);
    }

    /** The transforms one after another, watched. */
    private @Nullable R learn(R sample) {
        Draft draft = new Draft(sample);
        boolean fused = true;
        R current = sample;
        try {
            for (int i = 0; i < steps.size(); i++) {
                R next = transforms.get(i).apply(current);
                if (!isStruct(steps.get(i), current)) {
                    // Says nothing about the next record of its schemas.
                    return null;
                }
                fused = fused && drafted(steps.get(i), draft, current, next);
                current = next;
            }
        } catch (RuntimeException e) {
            // The chain does it again, and says which of them failed.
            return null;
        }
        if (fused) {
            prove(draft, sample, current);
        } else {
            plans.put(schemas(sample), new Known<>(null));
        }
        return current;
    }

    private boolean isStruct(FusedStep step, R record) {
        return step.sides().stream().allMatch(side -> side.content(record) instanceof Struct);
    }

    private boolean drafted(FusedStep step, Draft draft, R before, R after) {
        try {
            step.apply(draft, before, after);
            return true;
        } catch (NotFused e) {
            return false;
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("transform", step.getClass().getSimpleName())
                    .setCause(e)
                    .log("a transform cannot be done in one pass with others, and is run as it is");
            return false;
        }
    }

    private void prove(Draft draft, R sample, R expected) {
        Plan<R> plan = new Plan<>(draft, sides, sample);
        R result = plan.apply(sample);
        if (expected.equals(result)) {
            plans.put(schemas(sample), new Known<>(plan));
        } else if (result != null) {
            plans.put(schemas(sample), new Known<>(null));
            LOG.atWarn()
                    .addKeyValue(
                            "transforms",
                            transforms.stream()
                                    .map(each -> each.getClass().getName())
                                    .toList())
                    .log("transforms in one pass give another record than one after another, and are run so");
        } else if (unproved++ > MOST_UNPROVED) {
            // The plan gives up each record it meets; before, this may have been but one odd record.
            plans.put(schemas(sample), new Known<>(null));
        }
    }
}
