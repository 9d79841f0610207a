package io.millrace.app.summary;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/**
 * Shows summaries: redrawn in place on a terminal, and otherwise printed again only when something moved and some time has passed. Owned by
 * one thread.
 */
public final class Terminal {
    private static final Duration PLAIN_PAUSE = Duration.ofSeconds(10);

    private final PrintWriter out;
    private final boolean interactive;
    private int drawn;
    private long lastTotal = -1;
    private Duration lastPrint = PLAIN_PAUSE.negated();

    /**
     * @param interactive whether lines can be drawn over
     */
    public Terminal(PrintWriter out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    public void show(Summary summary) {
        if (interactive) {
            redraw(SummaryText.lines(summary));
        } else if (summary.total() != lastTotal && summary.up().minus(lastPrint).compareTo(PLAIN_PAUSE) >= 0) {
            SummaryText.lines(summary).forEach(out::println);
            lastTotal = summary.total();
            lastPrint = summary.up();
        }
        out.flush();
    }

    private void redraw(List<String> lines) {
        if (drawn > 0) {
            out.print("\u001b[" + drawn + "F");
        }
        for (String line : lines) {
            out.print(line + "\u001b[K\n");
        }
        out.print("\u001b[J");
        drawn = lines.size();
    }
}
