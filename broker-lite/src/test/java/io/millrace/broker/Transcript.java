package io.millrace.broker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.common.KafkaFuture;

/** What a broker answered, as text in which all that differs from run to run is masked. */
final class Transcript {
    private static final Pattern HOST = Pattern.compile("127\\.0\\.0\\.1:\\d+");
    private static final Pattern PORT = Pattern.compile("port=\\d+");
    private static final Pattern LONG_ID = Pattern.compile("(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])");
    private static final Pattern MEMBER =
            Pattern.compile("([a-z-]+-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern MILLIS = Pattern.compile("1[789]\\d{11}");

    private static final Pattern OPERATIONS = Pattern.compile("authorizedOperations=\\[([^]]*)]");

    private final List<String> lines = new ArrayList<>();
    private final String folder;

    Transcript(String folder) {
        this.folder = folder;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Writes down what a question is answered with, be it a failure. */
    void ask(String question, Callable<?> answer) {
        lines.add(question + " -> " + mask(told(answer)));
    }

    /**
     * The same, asked again until the answer is as awaited: Kafka's broker hears of a change after the controller has answered, while the light
     * engine's does before.
     */
    void ask(String question, Callable<?> answer, Predicate<String> awaited) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        String told = told(answer);
        while (!awaited.test(told) && System.nanoTime() < deadline) {
            told = told(answer);
        }
        lines.add(question + " -> " + mask(told));
    }

    /** The same for several futures, one line each, in the order of their names. */
    void askEach(String question, Map<?, ? extends KafkaFuture<?>> answers) {
        Map<String, KafkaFuture<?>> sorted = new TreeMap<>();
        answers.forEach((name, future) -> sorted.put(mask(String.valueOf(name)), future));
        sorted.forEach((name, future) -> ask(question + " " + name, () -> get(future)));
    }

    static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static String told(Callable<?> answer) {
        try {
            return String.valueOf(text(answer.call()));
        } catch (ExecutionException e) {
            return failure(e.getCause());
        } catch (Exception e) {
            return failure(e);
        }
    }

    private static String failure(Throwable e) {
        return "! " + e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static String text(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((k, v) -> sorted.put(text(k), text(v)));
            return sorted.toString();
        }
        if (value instanceof Collection<?> all) {
            List<String> texts = all.stream().map(Transcript::text).toList();
            return (all instanceof List ? texts.stream() : texts.stream().sorted())
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof DeletedRecords deleted) {
            return "low watermark " + deleted.lowWatermark();
        }
        if (value instanceof ConfigEntry entry) {
            return entry.name() + "=" + entry.value() + " " + entry.source() + " " + entry.type()
                    + (entry.isReadOnly() ? " read-only" : "") + (entry.isSensitive() ? " sensitive" : "")
                    + entry.synonyms().stream()
                            .map(s -> s.name() + "=" + s.value() + " " + s.source())
                            .collect(Collectors.joining("; ", " (", ")"));
        }
        return String.valueOf(value);
    }

    private String mask(String text) {
        String masked = text.replace(folder, "FOLDER");
        masked = HOST.matcher(masked).replaceAll("HOST");
        masked = PORT.matcher(masked).replaceAll("port=PORT");
        masked = MEMBER.matcher(masked).replaceAll("MEMBER");
        masked = LONG_ID.matcher(masked).replaceAll("ID");
        masked = OPERATIONS.matcher(masked).replaceAll(match -> Arrays.stream(
                        match.group(1).split(", "))
                .sorted()
                .collect(Collectors.joining(", ", "authorizedOperations=[", "]")));
        return MILLIS.matcher(masked).replaceAll("TIME");
    }
}
