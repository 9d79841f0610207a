package io.millrace.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.conformance.Difference.Sort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final List<String> DIFF = List.of("- b", "+ x");

    @Test
    void anUnlistedDifferenceIsTold() {
        Comparison comparison = new Comparison(found(List.of("a", "x", "c")), List.of());

        assertThat(comparison.unlisted())
                .containsExactly("s / w, items [7], not as on Connect standalone:\n    - b\n    + x");
        assertThat(comparison.stale()).isEmpty();
    }

    @Test
    void aListedDifferenceIsNotTold() {
        Comparison comparison = new Comparison(found(List.of("a", "x", "c")), List.of(listed(Kind.STANDALONE)));

        assertThat(comparison.unlisted()).isEmpty();
        assertThat(comparison.stale()).isEmpty();
        assertThat(comparison.deviations()).hasSize(1);
    }

    @Test
    void aDifferenceIsListedForTheRuntimeAndTheLinesInWhichItOccursOnly() {
        Comparison other = new Comparison(found(List.of("a", "y", "c")), List.of(listed(Kind.STANDALONE)));
        Comparison elsewhere = new Comparison(found(List.of("a", "x", "c")), List.of(listed(Kind.DISTRIBUTED)));

        assertThat(other.unlisted()).hasSize(1);
        assertThat(other.stale()).hasSize(1);
        assertThat(elsewhere.unlisted()).hasSize(1);
        assertThat(elsewhere.stale()).hasSize(1);
    }

    @Test
    void aListedDifferenceThatDoesNotOccurIsTold() {
        Comparison comparison = new Comparison(found(List.of("a", "b", "c")), List.of(listed(Kind.STANDALONE)));

        assertThat(comparison.stale()).containsExactly("s / w on Connect standalone: [- b, + x]");
    }

    @Test
    void connectIsHeldAgainstTheContract() {
        Finding finding = new Finding(List.of(7), "s", "w", Optional.of(List.of("a", "b")), List.of("a"));
        Comparison comparison =
                new Comparison(Map.of(Kind.DISTRIBUTED, List.of(finding), Kind.OURS, List.of(finding)), List.of());

        assertThat(comparison.againstTheContract())
                .containsExactly("s / w, items [7], on Connect distributed:\n    - b");
        assertThat(comparison.unlisted()).isEmpty();
    }

    @Test
    void whatOursHasNotIsMissing() {
        Comparison comparison = new Comparison(
                Map.of(Kind.STANDALONE, List.of(finding(List.of("a"))), Kind.OURS, List.of()), List.of());

        assertThat(comparison.missing()).containsExactly("s / w");
    }

    @Test
    void theDiffHasTheLinesOfEitherInOrder() {
        assertThat(Finding.diff(List.of("a", "b", "c"), List.of("b", "d", "c", "c")))
                .containsExactly("- a", "+ d", "+ c");
        assertThat(Finding.diff(List.of("a"), List.of("a"))).isEmpty();
    }

    @Test
    void everyListedDifferenceNamesItemsFindingsAndAReason() throws Exception {
        assertThat(Differences.all())
                .allSatisfy(one -> assertThat(one.items()).allMatch(item -> item >= 1 && item <= Checklist.size()))
                .allSatisfy(one -> assertThat(one.reason()).endsWith("."))
                .allSatisfy(one -> assertThat(one.findings()).isNotEmpty().allMatch(name -> name.contains(" / ")))
                .allSatisfy(one -> assertThat(one.diff()).isNotEmpty());
    }

    @Test
    void aBlockOfTheListIsADifference() {
        List<Difference> read = Differences.read("""
                7, 8 | to mend | standalone, distributed
                s / w
                - b
                + x
                # It is
                # so.

                9 | intended | standalone
                t / w
                + y
                # Why not.
                """);

        assertThat(read).hasSize(2);
        assertThat(read.get(0))
                .isEqualTo(new Difference(
                        Sort.TO_MEND,
                        List.of(7, 8),
                        Set.of(Kind.STANDALONE, Kind.DISTRIBUTED),
                        List.of("s / w"),
                        DIFF,
                        "It is so."));
    }

    private static Map<Kind, List<Finding>> found(List<String> ours) {
        return Map.of(Kind.STANDALONE, List.of(finding(List.of("a", "b", "c"))), Kind.OURS, List.of(finding(ours)));
    }

    private static Finding finding(List<String> lines) {
        return new Finding(List.of(7), "s", "w", Optional.empty(), lines);
    }

    private static Difference listed(Kind from) {
        return new Difference(Sort.INTENDED, List.of(7), Set.of(from), List.of("s / w"), DIFF, "It is meant so.");
    }
}
