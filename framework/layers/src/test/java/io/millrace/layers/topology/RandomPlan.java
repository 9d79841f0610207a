package io.millrace.layers.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A pipeline made by chance, of a small grammar: every stream of it has the fields {@code device} and {@code n}, so that any step may follow
 * any other.
 */
final class RandomPlan {
    private static final int MOST_STEPS = 4;

    /** A stream that others may read. */
    record Made(String name, String from, boolean table, boolean routed, List<String> steps) {
        boolean readsBranch() {
            return from.split("\\.").length > 2;
        }

        boolean has(String step) {
            return steps.stream().anyMatch(text -> text.contains(step + ":"));
        }

        String topic() {
            return name.replaceFirst("\\.", ".iot.");
        }
    }

    private final Random random;
    final List<Made> streams = new ArrayList<>();

    RandomPlan(Random random, int streams) {
        this.random = random;
        this.streams.add(new Made("cleaned.readings", "raw.readings", false, false, List.of()));
        this.streams.add(new Made("cleaned.things", "raw.things", true, false, List.of()));
        for (int i = 0; i < streams; i++) {
            this.streams.add(stream(i));
        }
    }

    boolean has(String step) {
        return streams.stream().anyMatch(stream -> stream.has(step));
    }

    /** Whether it matters for the tables which raw topic is read first. */
    boolean dependsOnTheMoment() {
        return has("validate") || streams.stream().anyMatch(stream -> stream.has("missing"));
    }

    /** Whether a record of events meets what a table holds at the moment. */
    boolean looksUp() {
        return streams.stream().anyMatch(stream -> stream.has("missing"));
    }

    String yaml() {
        StringBuilder yaml = new StringBuilder("""
                pipeline: iot
                sources:
                  plain: {class: x.Source, config: {}, streams: {readings: events, things: table, devices: table}}
                contracts:
                  Reading: {key: device, fields: {device: string!, n: int64!}}
                  Thing: {key: id, fields: {id: string!, device: string!, n: int64!}}
                  Device: {key: id, fields: {id: string!, room: string}}
                sinks: {}
                streams:
                  cleaned.devices: {from: raw.devices, contract: Device}
                  cleaned.readings: {from: raw.readings, contract: Reading, steps: [{keep: [device, n]}]}
                  cleaned.things: {from: raw.things, contract: Thing, steps: [{validate: {counted: value.n >= 0}}, {filter: {few: value.n < 9}}]}
                """);
        for (Made stream : streams.subList(2, streams.size())) {
            yaml.append("  %s: {from: %s, steps: [%s]}%n"
                    .formatted(stream.name(), stream.from(), String.join(", ", stream.steps())));
        }
        return yaml.toString();
    }

    private Made stream(int number) {
        Made input = streams.get(random.nextInt(streams.size()));
        boolean branch = input.routed() && random.nextBoolean();
        String from = branch ? input.name() + (random.nextBoolean() ? ".small" : ".large") : input.name();
        boolean table = input.table();
        List<String> steps = new ArrayList<>();
        int count = random.nextInt(MOST_STEPS + 1);
        for (int i = 0; i < count; i++) {
            switch (random.nextInt(table ? 9 : 12)) {
                case 0 -> steps.add("{filter: {f%d: value.n != %d}}".formatted(i, random.nextInt(8)));
                case 1 -> steps.add("{validate: {v%d: value.n != %d}}".formatted(i, random.nextInt(8)));
                case 2 -> steps.add("{set: {n: value.n + 1}}");
                case 3, 4 -> {
                    steps.add("{lookup: {table: cleaned.devices, on: value.device, as: there%s}}"
                            .formatted(table ? "" : missing()));
                    steps.add("{drop: [there]}");
                }
                case 5 -> {
                    steps.add("{aggregate: {by: [value.device], n: %s}}".formatted(aggregate()));
                    table = true;
                }
                case 6 -> {
                    steps.add(
                            "{window: {tumbling: 4s, by: [value.device], time: timestamp(value.n)%s}, aggregate: {n: %s}}"
                                    .formatted(table ? "" : ", grace: 2s", aggregate()));
                    table = true;
                }
                case 7 -> steps.add("{validate: {divides: 12 / value.n > 0}}");
                case 8 -> steps.add("{cast: {n: int64}}");
                case 9 -> steps.add("{dedupe: {%swithin: 1h}}".formatted(identity()));
                case 10 -> steps.add("{key: %s}".formatted(random.nextBoolean() ? "device" : "[n, device]"));
                default -> {
                    steps.add("{set: {parts: \"value.device.split('d')\"}}");
                    steps.add("{explode: {parts: part}}");
                    steps.add("{drop: [part]}");
                }
            }
        }
        if (!table && random.nextInt(4) == 0) {
            table = true;
            steps.add("{table: {key: device}}");
        }
        boolean routed = random.nextInt(3) == 0;
        if (routed) {
            steps.add("{route: {small: value.n < 3, large: value.n > 4}}");
        }
        return new Made("curated.s" + number, from, table, routed, steps);
    }

    private String missing() {
        return switch (random.nextInt(4)) {
            case 0 -> ", missing: keep";
            case 1 -> ", missing: dead_letter";
            case 2 -> ", missing: wait 10s";
            default -> ", missing: wait 10s, then: keep";
        };
    }

    private String aggregate() {
        return List.of("count()", "sum(value.n)", "max(value.n)", "count_distinct(value.n)", "min(value.n)")
                .get(random.nextInt(5));
    }

    private String identity() {
        return List.of("", "by: value.device, ", "by: value.n, ", "by: [value.n, value.device], ")
                .get(random.nextInt(4));
    }
}
