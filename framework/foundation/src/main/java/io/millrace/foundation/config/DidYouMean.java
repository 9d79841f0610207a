package io.millrace.foundation.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name a user probably meant. */
public final class DidYouMean {
    private DidYouMean() {}

    /** The nearest candidate within an edit distance of a third of the word's length (at least 1, at most 3). */
    public static Optional<String> nearest(String word, Collection<String> candidates) {
        int allowed = Math.max(1, Math.min(3, word.length() / 3));
        return candidates.stream()
                .filter(candidate -> distance(word, candidate) <= allowed)
                .min(Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code "Did you mean 'x'? "} or nothing, ready to stand before a remedy. */
    public static String hint(String word, Collection<String> candidates) {
        return nearest(word, candidates)
                .map(name -> "Did you mean '" + name + "'? ")
                .orElse("");
    }

    /** Optimal string alignment distance: insert, delete, replace, swap neighbours. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
