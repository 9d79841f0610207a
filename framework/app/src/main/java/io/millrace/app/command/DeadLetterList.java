package io.millrace.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.app.deadletter.Letter;
import io.millrace.app.deadletter.LetterFilter;
import io.millrace.app.deadletter.LetterReader;
import io.millrace.app.deadletter.LetterText;
import io.millrace.app.topic.TopicReader;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace deadletter list}: newest first. */
@Command(name = "list", description = "List dead letters, newest first.")
public final class DeadLetterList implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Mixin
    private Target target = new Target();

    @Mixin
    private LetterChoice choice = new LetterChoice();

    @Option(names = "--limit", defaultValue = "20", description = "At most so many (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Override
    public Integer call() {
        if (limit < 1) {
            throw LetterChoice.bad(Integer.toString(limit), "--limit", "Write a whole number of 1 or more.");
        }
        Target.Found found = target.find();
        LetterFilter filter = choice.filter(List.of(), Instant.now());
        Deque<Letter> newest = new ArrayDeque<>();
        long[] all = {0};
        try (TopicReader topics = TopicReader.at(found.bootstrapServers())) {
            new LetterReader(topics, found.pipeline()).read(filter, letter -> {
                all[0]++;
                newest.addFirst(letter);
                if (newest.size() > limit) {
                    newest.removeLast();
                }
            });
        }
        PrintWriter out = spec.commandLine().getOut();
        if (target.isJson()) {
            ObjectNode result =
                    Target.object().put("pipeline", found.pipeline()).put("total", all[0]);
            ArrayNode letters = result.putArray("letters");
            newest.forEach(letter -> letters.add(LetterText.json(letter)));
            Target.print(out, "deadletter list", result);
            return 0;
        }
        if (newest.isEmpty()) {
            out.println("'" + found.pipeline() + "' has no such dead letters.");
            return 0;
        }
        for (Iterator<Letter> letters = newest.iterator(); letters.hasNext(); ) {
            out.println(LetterText.line(letters.next()));
        }
        if (all[0] > newest.size()) {
            out.println(newest.size() + " of " + all[0] + " are shown; --limit shows more.");
        }
        return 0;
    }
}
