package io.millrace.connectors.iothttp;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body as it comes, without waiting for it. A request that is refused meanwhile is still read on for a while and thrown away: a
 * client that is busy sending may never see an answer when the connection breaks under it.
 */
final class BodyReader implements Runnable {
    /** How far beyond the limit a refused body is read on. */
    static final int READ_ON = 64 * 1024;

    private final Exchange exchange;
    private final int most;
    private final Refusal tooLarge;
    private final Refusal noRoom;
    private final Consumer<byte[]> whenRead;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable Refusal refusal;
    private long seen;

    /**
     * @param most bytes
     * @param noRoom what to say when all requests together hold too much
     * @param refused what is said for the head of the request already; null when it is well
     */
    BodyReader(
            Exchange exchange,
            int most,
            Refusal tooLarge,
            Refusal noRoom,
            @Nullable Refusal refused,
            Consumer<byte[]> whenRead) {
        this.exchange = exchange;
        this.most = most;
        this.tooLarge = tooLarge;
        this.noRoom = noRoom;
        this.refusal = refused;
        this.whenRead = whenRead;
    }

    void start() {
        Request request = exchange.request();
        boolean asksFirst = request.getHeaders().contains(HttpHeader.EXPECT);
        if (refusal != null && (asksFirst || request.getLength() > (long) most + READ_ON)) {
            exchange.answer(Reply.of(refusal).closing());
            return;
        }
        run();
    }

    /** Called again by the server whenever there is more; never by two threads at once. */
    @Override
    public void run() {
        while (!exchange.isAnswered()) {
            Content.Chunk chunk = exchange.request().read();
            if (chunk == null) {
                exchange.request().demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                exchange.broken(chunk.getFailure());
                return;
            }
            boolean last = chunk.isLast();
            try {
                take(chunk);
            } finally {
                chunk.release();
            }
            if (last) {
                end();
                return;
            }
        }
    }

    private void take(Content.Chunk chunk) {
        int count = chunk.remaining();
        seen += count;
        if (refusal == null && seen > most) {
            refuse(tooLarge);
        }
        if (refusal == null && !exchange.hold(count)) {
            refuse(noRoom);
        }
        if (refusal == null) {
            byte[] bytes = new byte[count];
            chunk.getByteBuffer().get(bytes);
            body.writeBytes(bytes);
        } else if (seen > (long) most + READ_ON) {
            exchange.answer(Reply.of(refusal).closing());
        }
    }

    private void refuse(Refusal why) {
        refusal = why;
        exchange.letGo();
        body.reset();
    }

    private void end() {
        if (refusal != null) {
            exchange.answer(Reply.of(refusal));
        } else {
            whenRead.accept(body.toByteArray());
        }
    }
}
