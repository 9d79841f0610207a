package io.millrace.broker.request;

import java.util.function.Consumer;
import org.apache.kafka.server.purgatory.DelayedOperation;

/** A fetch that waits for enough records, or for its time to be over. */
final class DelayedFetch extends DelayedOperation {
    private final FetchReader reader;
    private final FetchReader.Wish wish;
    private final FetchReader.Read first;
    private final int minBytes;
    private final Runnable answer;
    private final Consumer<Throwable> failed;

    /**
     * @param first what was there when the fetch came: too little
     * @param answer reads again and answers; called on the thread of an append, among others, so it must not wait
     */
    DelayedFetch(
            long waitMillis,
            FetchReader reader,
            FetchReader.Wish wish,
            FetchReader.Read first,
            int minBytes,
            Runnable answer,
            Consumer<Throwable> failed) {
        super(waitMillis);
        this.reader = reader;
        this.wish = wish;
        this.first = first;
        this.minBytes = minBytes;
        this.answer = answer;
        this.failed = failed;
    }

    @Override
    public boolean tryComplete() {
        return reader.enough(wish, first, minBytes) && forceComplete();
    }

    @Override
    public void onComplete() {
        try {
            answer.run();
        } catch (Throwable e) {
            // it would end the append, or the timer, that completes this
            failed.accept(e);
        }
    }

    @Override
    public void onExpiration() {
        // a fetch that finds nothing is nothing to count
    }
}
