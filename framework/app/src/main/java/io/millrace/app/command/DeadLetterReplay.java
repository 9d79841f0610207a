package io.millrace.app.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.app.deadletter.Letter;
import io.millrace.app.deadletter.LetterFilter;
import io.millrace.app.deadletter.LetterGroup;
import io.millrace.app.deadletter.LetterReader;
import io.millrace.app.deadletter.Pace;
import io.millrace.app.deadletter.ReplayPlan;
import io.millrace.app.deadletter.Replayer;
import io.millrace.app.topic.TopicReader;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.record.ReplayHeaders;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace deadletter replay}: says what would enter its stage again; with {@code --yes} it does. */
@Command(
        name = "replay",
        description = "Let dead letters enter the stage again that they died in. Writes nothing without --yes.")
public final class DeadLetterReplay implements Callable<Integer> {
    private static final int LEAST_ATTEMPTS = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Mixin
    private Target target = new Target();

    @Mixin
    private LetterChoice choice = new LetterChoice();

    @Parameters(
            paramLabel = "<id>",
            arity = "0..*",
            description = "As 'deadletter list' shows them, or their last parts: 0@17.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--all", description = "All dead letters of the pipeline.")
    private boolean all;

    @Option(names = "--rate", description = "At most so fast: 100/s, 30/m.")
    private @Nullable String rate;

    @Option(names = "--again", description = "Also those that were replayed before.")
    private boolean again;

    @Option(
            names = "--max-attempts",
            defaultValue = "3",
            description = "Leave records that were tried so often (default: ${DEFAULT-VALUE}).")
    private int maxAttempts;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    public Integer call() throws InterruptedException {
        LetterFilter filter = choice.filter(ids, Instant.now());
        Pace pace = checked(filter);
        Target.Found found = target.find();
        List<Letter> chosen = new ArrayList<>();
        ReplayPlan plan;
        int partitions;
        try (TopicReader topics = TopicReader.at(found.bootstrapServers())) {
            LetterReader reader = new LetterReader(topics, found.pipeline());
            reader.read(filter, chosen::add);
            partitions = topics.partitions(ReplayHeaders.topicOf(found.pipeline()));
            plan = reader.plan(chosen, new ReplayPlan.Rules(maxAttempts, again));
        }
        if (yes && !plan.ready().isEmpty()) {
            requireTopic(found.pipeline(), partitions);
            PrintWriter err = spec.commandLine().getErr();
            new Replayer(found.bootstrapServers(), found.pipeline()).replay(plan, partitions, pace, sent -> {
                if (System.console() != null) {
                    err.print("\r" + sent + " of " + plan.ready().size());
                    err.print(sent == plan.ready().size() ? "\n" : "");
                    err.flush();
                }
            });
        }
        if (target.isJson()) {
            Target.print(spec.commandLine().getOut(), "deadletter replay", json(found.pipeline(), plan));
        } else {
            tell(found.pipeline(), plan);
        }
        return 0;
    }

    private Pace checked(LetterFilter filter) {
        if (filter.isEmpty() && !all) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "cli.missing-argument",
                            "",
                            "Nothing says which dead letters to replay.",
                            "Write their ids, --group, --stage, --rule or --since; --all for all of them."));
        }
        if (maxAttempts < LEAST_ATTEMPTS) {
            throw LetterChoice.bad(
                    Integer.toString(maxAttempts), "--max-attempts", "Write a whole number of 1 or more.");
        }
        if (rate == null) {
            return Pace.UNLIMITED;
        }
        try {
            return Pace.parse(rate);
        } catch (IllegalArgumentException e) {
            throw LetterChoice.bad(rate, "--rate", "Write " + Pace.FORM + ".");
        }
    }

    private static void requireTopic(String pipeline, int partitions) {
        if (partitions == 0) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "deadletter.no-replay-topic",
                            pipeline,
                            "The topic '" + ReplayHeaders.topicOf(pipeline) + "' is not there.",
                            "Run the pipeline once with this version: it makes the topic."));
        }
    }

    private void tell(String pipeline, ReplayPlan plan) {
        PrintWriter out = spec.commandLine().getOut();
        int count = plan.ready().size();
        out.println(count + (count == 1 ? " dead letter" : " dead letters") + " of '" + pipeline + "' "
                + (yes ? "entered" : "would enter") + " their stages again" + (count == 0 ? "." : ":"));
        for (LetterGroup group : groups(plan)) {
            out.println("  " + group.count() + "  " + group.stage() + "  "
                    + (group.rule().isEmpty() ? "-" : group.rule()) + "  " + group.fingerprint());
        }
        if (plan.ready().stream().anyMatch(ReplayPlan.Ready::isOfSource)) {
            out.println(
                    "A source's row that a newer one of its table has followed is passed over when it enters, and is"
                            + " counted 'superseded' or 'replay.too-late'.");
        }
        new TreeMap<>(plan.refused())
                .forEach((refusal, refused) ->
                        out.println("Not " + refused + ", " + refusal.words() + ": " + refusal.remedy() + "."));
        if (!yes && count > 0) {
            out.println("Nothing was written; --yes does it.");
        }
    }

    private ObjectNode json(String pipeline, ReplayPlan plan) {
        ObjectNode result = Target.object()
                .put("pipeline", pipeline)
                .put("dryRun", !yes)
                .put("replayed", plan.ready().size());
        for (LetterGroup group : groups(plan)) {
            result.withArray("groups")
                    .addObject()
                    .put("group", group.fingerprint())
                    .put("stage", group.stage())
                    .put("rule", group.rule())
                    .put("count", group.count());
        }
        for (Map.Entry<ReplayPlan.Refusal, Integer> entry : new TreeMap<>(plan.refused()).entrySet()) {
            result.withArray("refused")
                    .addObject()
                    .put("reason", entry.getKey().words())
                    .put("count", entry.getValue());
        }
        return result;
    }

    private static List<LetterGroup> groups(ReplayPlan plan) {
        LetterGroup.Counter counter = new LetterGroup.Counter();
        plan.ready().forEach(ready -> counter.add(ready.letter()));
        return counter.groups();
    }
}
