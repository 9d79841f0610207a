package io.millrace.plugin.discovery;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Orders versions as Maven does where it matters: numbers as numbers, and alpha, beta, milestone, rc, snapshot before the release. Unknown
 * qualifiers come after the release, by alphabet; {@code undefined} comes first.
 */
final class VersionOrder implements Comparator<String> {
    static final VersionOrder INSTANCE = new VersionOrder();

    private static final Pattern PART = Pattern.compile("\\d+|[a-z]+");
    private static final List<String> RELEASE = List.of("final", "ga", "release");
    private static final List<String> BEFORE_RELEASE =
            List.of("alpha", "beta", "milestone", "m", "cr", "rc", "preview", "snapshot");

    private record Part(int rank, BigInteger number, String word) implements Comparable<Part> {
        private static final Comparator<Part> ORDER =
                Comparator.comparingInt(Part::rank).thenComparing(Part::number).thenComparing(Part::word);
        private static final int RELEASED = BEFORE_RELEASE.size();
        private static final Part END = new Part(RELEASED, BigInteger.ZERO, "");

        static Part of(String text) {
            if (Character.isDigit(text.charAt(0))) {
                BigInteger number = new BigInteger(text);
                return number.signum() == 0 ? END : new Part(RELEASED + 2, number, "");
            }
            int before = BEFORE_RELEASE.indexOf(text);
            return before >= 0 ? new Part(before, BigInteger.ZERO, "") : new Part(RELEASED + 1, BigInteger.ZERO, text);
        }

        @Override
        public int compareTo(Part other) {
            return ORDER.compare(this, other);
        }
    }

    private VersionOrder() {}

    @Override
    public int compare(String a, String b) {
        boolean undefinedA = a.equals(PluginPlace.UNDEFINED);
        boolean undefinedB = b.equals(PluginPlace.UNDEFINED);
        if (undefinedA || undefinedB) {
            return Boolean.compare(undefinedB, undefinedA);
        }
        List<Part> left = parts(a);
        List<Part> right = parts(b);
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            Part x = i < left.size() ? left.get(i) : Part.END;
            Part y = i < right.size() ? right.get(i) : Part.END;
            int order = x.compareTo(y);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static List<Part> parts(String version) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PART.matcher(version.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            if (!RELEASE.contains(matcher.group())) {
                parts.add(Part.of(matcher.group()));
            }
        }
        return parts;
    }
}
