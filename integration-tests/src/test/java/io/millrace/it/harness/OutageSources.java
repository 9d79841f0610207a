package io.millrace.it.harness;

import java.time.Duration;
import java.time.Instant;

/** Both sources of an {@link OutageRun} and its layers at work, as the topics show it. */
public final class OutageSources implements AutoCloseable {
    private final OutageRun run;
    private final OutageReadings readings;
    private final TopicReader rawItems;
    private final TopicReader items;
    private final TopicReader cleaned;
    private int next;

    /**
     * @param firstItem the number of the first row that is inserted
     */
    public OutageSources(OutageRun run, OutageReadings readings, int firstItem) throws Exception {
        this.run = run;
        this.readings = readings;
        this.next = firstItem;
        Instant now = Instant.now();
        this.rawItems = TopicReader.since(run.broker(), "raw.outage.items", now);
        this.items = TopicReader.since(run.broker(), "cleaned.outage.items", now);
        this.cleaned = TopicReader.since(run.broker(), "cleaned.outage.readings", now);
    }

    /** A row that is inserted now, and a reading that is posted from now on, are on their topics. */
    public void awaitGoOn(Duration within) throws Exception {
        int item = next++;
        try (ShopSource source = run.source()) {
            source.execute("insert into items values (" + item + ", 'item " + item + "')");
        }
        long reading = readings.next();
        rawItems.awaitKey(key(item), within);
        items.awaitKey(key(item), within);
        cleaned.awaitKey(key(reading), within);
    }

    private static String key(long id) {
        return "{\"id\":" + id + "}";
    }

    @Override
    public void close() {
        rawItems.close();
        items.close();
        cleaned.close();
    }
}
