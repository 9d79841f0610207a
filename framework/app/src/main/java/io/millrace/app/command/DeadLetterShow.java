package io.millrace.app.command;

import io.millrace.app.deadletter.Letter;
import io.millrace.app.deadletter.LetterFilter;
import io.millrace.app.deadletter.LetterReader;
import io.millrace.app.deadletter.LetterText;
import io.millrace.app.topic.TopicReader;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace deadletter show <id>}: one dead letter, whole. */
@Command(name = "show", description = "Show one dead letter: why it died, its key, value and headers.")
public final class DeadLetterShow implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Mixin
    private Target target = new Target();

    @Parameters(paramLabel = "<id>", description = "As 'deadletter list' shows it, or its last part: 0@17.")
    private String id = "";

    @Override
    public Integer call() {
        LetterFilter filter = new LetterFilter(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), LetterChoice.ids(List.of(id)));
        Target.Found found = target.find();
        List<Letter> letters = new ArrayList<>();
        try (TopicReader topics = TopicReader.at(found.bootstrapServers())) {
            new LetterReader(topics, found.pipeline()).read(filter, letters::add);
        }
        if (letters.isEmpty()) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "deadletter.unknown",
                            "",
                            "'" + found.pipeline() + "' has no dead letter '" + id + "'.",
                            "'millrace deadletter list' shows those that it has; they are kept for 14 days."));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (target.isJson()) {
            Target.print(out, "deadletter show", LetterText.wholeJson(letters.get(0)));
        } else {
            LetterText.whole(letters.get(0)).forEach(out::println);
        }
        return 0;
    }
}
