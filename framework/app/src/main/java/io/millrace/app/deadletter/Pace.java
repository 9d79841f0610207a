package io.millrace.app.deadletter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast records are replayed.
 *
 * @param perSecond 0 for as fast as it goes
 */
public record Pace(double perSecond) {
    public static final Pace UNLIMITED = new Pace(0);
    public static final String FORM = "a number of records for each second or minute, 100/s or 30/m";

    private static final Pattern TEXT = Pattern.compile("(\\d{1,7})/(s|m)");
    private static final double SECONDS_OF_A_MINUTE = 60;
    private static final int LARGEST_BATCH = 500;

    /** @throws IllegalArgumentException where the text is none, or says none at all */
    public static Pace parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) == 0) {
            throw new IllegalArgumentException(text);
        }
        double count = Integer.parseInt(matcher.group(1));
        return new Pace(matcher.group(2).equals("s") ? count : count / SECONDS_OF_A_MINUTE);
    }

    /** How many records go into one transaction: about half a second's, 1 or more. */
    int batch() {
        return perSecond == 0 ? LARGEST_BATCH : (int) Math.min(LARGEST_BATCH, Math.max(1, perSecond / 2));
    }

    /** Waits until so many records may have been sent. */
    void await(long sent, long beganNanos) throws InterruptedException {
        if (perSecond == 0) {
            return;
        }
        long due = beganNanos + (long) (sent / perSecond * Duration.ofSeconds(1).toNanos());
        long left = due - System.nanoTime();
        if (left > 0 && new CountDownLatch(1).await(left, TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("a latch that nobody counts down was counted down");
        }
    }
}
