package io.millrace.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.app.deadletter.LetterGroup;
import io.millrace.app.deadletter.LetterReader;
import io.millrace.app.deadletter.LetterText;
import io.millrace.app.topic.TopicReader;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace deadletter groups}: dead letters by kind of failure, the largest group first. */
@Command(name = "groups", description = "Count dead letters by kind of failure.")
public final class DeadLetterGroups implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Mixin
    private Target target = new Target();

    @Mixin
    private LetterChoice choice = new LetterChoice();

    @Override
    public Integer call() {
        Target.Found found = target.find();
        LetterGroup.Counter counter = new LetterGroup.Counter();
        try (TopicReader topics = TopicReader.at(found.bootstrapServers())) {
            new LetterReader(topics, found.pipeline()).read(choice.filter(List.of(), Instant.now()), counter::add);
        }
        List<LetterGroup> groups = counter.groups();
        PrintWriter out = spec.commandLine().getOut();
        if (target.isJson()) {
            ObjectNode result = Target.object().put("pipeline", found.pipeline());
            ArrayNode array = result.putArray("groups");
            groups.forEach(group -> array.add(LetterText.json(group)));
            Target.print(out, "deadletter groups", result);
            return 0;
        }
        if (groups.isEmpty()) {
            out.println("'" + found.pipeline() + "' has no such dead letters.");
        }
        groups.forEach(group -> LetterText.lines(group).forEach(out::println));
        return 0;
    }
}
