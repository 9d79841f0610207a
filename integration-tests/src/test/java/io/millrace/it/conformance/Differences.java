package io.millrace.it.conformance;

import io.millrace.it.conformance.Difference.Sort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All differences between our worker and Connect that are known: {@code differences.txt}, the only place that names them.
 *
 * <p>Each is a block of lines: {@code <items> | <sort> | <runtimes of Connect>}, then the findings that differ so, one per line, the lines of their
 * diff, which begin with {@code -} or {@code +}, and the reason, which begins with {@code #}. An empty line ends it.
 */
final class Differences {
    private static final String FILE = "differences.txt";

    private Differences() {}

    static List<Difference> all() throws IOException {
        try (InputStream in = Differences.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IOException("no '" + FILE + "' beside '" + Differences.class.getName() + "'");
            }
            return read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static List<Difference> read(String text) {
        return Stream.of(text.split("\n\\s*\n"))
                .map(String::strip)
                .filter(block -> !block.isEmpty())
                .map(Differences::block)
                .toList();
    }

    private static Difference block(String text) {
        List<String> lines = text.lines().toList();
        String[] head = lines.get(0).split("\\|");
        if (head.length != 3) {
            throw new IllegalArgumentException("no items, sort and runtimes: '" + lines.get(0) + "'");
        }
        List<String> findings = new ArrayList<>();
        List<String> diff = new ArrayList<>();
        StringBuilder reason = new StringBuilder();
        for (String line : lines.subList(1, lines.size())) {
            switch (line.charAt(0)) {
                case '-', '+' -> diff.add(line);
                case '#' ->
                    reason.append(reason.isEmpty() ? "" : " ")
                            .append(line.substring(1).strip());
                default -> findings.add(line.strip());
            }
        }
        Set<Kind> from = words(head[2])
                .map(word -> Kind.valueOf(word.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toSet());
        Sort sort = Stream.of(Sort.values())
                .filter(one -> one.toString().equals(head[1].strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no sort '" + head[1].strip() + "'"));
        return new Difference(
                sort, words(head[0]).map(Integer::valueOf).toList(), from, findings, diff, reason.toString());
    }

    private static Stream<String> words(String list) {
        return Stream.of(list.split(",")).map(String::strip);
    }
}
