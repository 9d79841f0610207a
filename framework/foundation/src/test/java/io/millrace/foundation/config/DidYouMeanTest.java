package io.millrace.foundation.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DidYouMeanTest {

    @ParameterizedTest
    @CsvSource({"maping,mapping,1", "ab,ba,1", "same,same,0", "'',abc,3", "kitten,sitting,3", "from,form,1"})
    void countsInsertsDeletesReplacementsAndSwaps(String a, String b, int distance) {
        assertThat(DidYouMean.distance(a, b)).isEqualTo(distance);
    }

    @Test
    void namesTheNearestCandidate() {
        assertThat(DidYouMean.nearest("curency", List.of("country", "currency", "amount")))
                .contains("currency");
        assertThat(DidYouMean.hint("curency", List.of("currency"))).isEqualTo("Did you mean 'currency'? ");
    }

    @Test
    void doesNotGuessAtWordsThatAreFarOff() {
        assertThat(DidYouMean.nearest("xy", List.of("country"))).isEmpty();
        assertThat(DidYouMean.hint("dedup", List.of("validate", "filter"))).isEmpty();
    }

    @Test
    void ofEquallyNearNamesTheFirstInOrderIsTaken() {
        assertThat(DidYouMean.nearest("bat", List.of("cat", "bar", "hat"))).contains("bar");
    }
}
