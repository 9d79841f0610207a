package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a file is damaged, what comes of it is a pipeline, or problems with places. */
class DamagedPipelineTest {
    private static final int ROUNDS = 120;
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            " ",
            "\n",
            "'",
            "\"",
            "null",
            "*",
            "&a",
            "- ",
            "${env:X",
            "${env:X}",
            "|",
            "raw.",
            ".",
            "0");

    @ParameterizedTest
    @ValueSource(strings = {"shop.yaml", "small.yaml", "broken.yaml"})
    void neverFailsInAnyOtherWay(String resource) {
        String whole = Pipelines.resource(resource);
        for (int seed = 0; seed < ROUNDS; seed++) {
            String damaged = damage(whole, new Random(seed));
            try {
                Pipelines.plan(damaged, Map.of("SHOP_DB_URL", "x", "SHOP_DB_PASSWORD", "x", "LAKE", "x"));
            } catch (ProblemException e) {
                assertThat(e.problems())
                        .extracting(Problem::place)
                        .allMatch(place -> place.matches("p\\.yaml:\\d+:\\d+"));
            } catch (RuntimeException e) {
                fail("seed " + seed + " of " + resource + ":\n" + damaged, e);
            }
        }
    }

    private static String damage(String whole, Random random) {
        List<String> lines = new ArrayList<>(Arrays.asList(whole.split("\n")));
        for (int i = 0; i <= random.nextInt(3); i++) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            int column = random.nextInt(line.length() + 1);
            switch (random.nextInt(5)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
                case 2 -> lines.set(at, line.substring(0, column));
                case 3 -> lines.set(at, line.substring(column));
                default ->
                    lines.set(
                            at,
                            line.substring(0, column)
                                    + PIECES.get(random.nextInt(PIECES.size()))
                                    + line.substring(column));
            }
        }
        return String.join("\n", lines) + "\n";
    }
}
