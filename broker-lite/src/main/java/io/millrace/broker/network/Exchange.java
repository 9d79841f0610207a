package io.millrace.broker.network;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.network.NetworkReceive;
import org.apache.kafka.common.network.Send;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.common.RequestLocal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request of one connection and the way back. It is ended exactly once, from any thread, by {@link #answer}, {@link #answerNothing} or
 * {@link #hangUp}; the connection's next request is read after that.
 */
public final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Processor processor;
    private final NetworkReceive received;
    private final RequestContext context;
    private final AbstractRequest request;
    private final long sinceNanos;
    private final int bytes;
    private final AtomicBoolean ended = new AtomicBoolean();

    Exchange(
            Processor processor,
            NetworkReceive received,
            RequestContext context,
            AbstractRequest request,
            long sinceNanos) {
        this.processor = processor;
        this.received = received;
        this.context = context;
        this.request = request;
        this.sinceNanos = sinceNanos;
        this.bytes = received.size();
    }

    String connection() {
        return context.connectionId;
    }

    /** When the request had been read, by the clock of the network thread. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Gives the buffer of the request back to the pool, if that has not been done; on the network thread only. */
    void release() {
        Utils.closeQuietly(received, "request");
    }

    public RequestContext context() {
        return context;
    }

    public AbstractRequest request() {
        return request;
    }

    /** The request, as the type that its API key says. */
    public <T extends AbstractRequest> T request(Class<T> type) {
        return type.cast(request);
    }

    /** Bytes of the request as it was received. */
    public int bytes() {
        return bytes;
    }

    /** Buffers of the network thread if this is it, none otherwise. */
    public RequestLocal local() {
        return processor.local();
    }

    /** Sends a response; hangs up if it cannot be put into bytes. */
    public void answer(AbstractResponse response) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        Send send;
        try {
            processor.answered(this, response);
            send = context.buildResponseSend(response);
        } catch (Throwable e) {
            failed(e);
            processor.hangUp(this);
            return;
        }
        processor.send(this, send);
    }

    private void failed(Throwable e) {
        LOG.atError()
                .setCause(e)
                .addKeyValue("api", context.header.apiKey())
                .addKeyValue("version", context.apiVersion())
                .addKeyValue("client", context.header.clientId())
                .log("Closing a connection: its request could not be answered");
    }

    /** Sends an error in the form that the request's API has for it. */
    public void answerError(Throwable error) {
        Throwable cause = error instanceof java.util.concurrent.CompletionException && error.getCause() != null
                ? error.getCause()
                : error;
        AbstractResponse response = null;
        try {
            response = request.getErrorResponse(0, cause);
        } catch (Throwable e) {
            failed(e);
        }
        if (response == null) {
            hangUp();
        } else {
            answer(response);
        }
    }

    /** For requests whose sender expects no response, and goes on. */
    public void answerNothing() {
        if (ended.compareAndSet(false, true)) {
            processor.goOn(this);
        }
    }

    /** Closes the connection: the only way to tell a sender that expects no response of an error. */
    public void hangUp() {
        if (ended.compareAndSet(false, true)) {
            processor.hangUp(this);
        }
    }
}
