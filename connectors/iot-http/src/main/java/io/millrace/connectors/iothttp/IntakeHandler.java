package io.millrace.connectors.iothttp;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests into the inbox, and answers those for which time is over. Any thread. */
final class IntakeHandler extends Handler.Abstract {
    static final String HEALTH = "/health";
    private static final Logger LOG = LoggerFactory.getLogger(IntakeHandler.class);
    private static final long LONGEST_RETRY_SECONDS = 30;

    private final IotHttpSourceConfig config;
    private final Gate gate;
    private final Inbox inbox;
    private final BodySplitter splitter;
    private final Gunzip gunzip;
    private final Optional<KeyPointer> key;
    private final Budget budget;
    private final ConnectionWatch connections;
    private final Executor executor;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
    private volatile long retrySeconds = 1;
    private volatile long lastPollNanos;

    IntakeHandler(
            IotHttpSourceConfig config,
            Gate gate,
            Inbox inbox,
            ConnectionWatch connections,
            Executor executor,
            Clock clock,
            LongSupplier nanos) {
        this.config = config;
        this.gate = gate;
        this.inbox = inbox;
        this.connections = connections;
        this.executor = executor;
        this.clock = clock;
        this.nanos = nanos;
        this.splitter = new BodySplitter(config.limits().maxRecords(), config.refuseMalformed());
        this.gunzip = new Gunzip(config.limits().maxInflated());
        this.key = config.key().map(KeyPointer::new);
        this.budget = new Budget(config.limits().maxInFlight());
        this.lastPollNanos = nanos.getAsLong();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        long now = nanos.getAsLong();
        Exchange exchange = new Exchange(
                request,
                response,
                callback,
                budget,
                executor,
                now + config.limits().readTimeout().toNanos());
        exchanges.add(exchange);
        connections.busy(request.getConnectionMetaData().getConnection());
        Request.addCompletionListener(request, failure -> {
            exchange.letGo();
            ended(exchange);
            connections.idle(request.getConnectionMetaData().getConnection());
        });
        if (isHealth(request)) {
            exchange.answer(health(now));
            return true;
        }
        read(exchange, gate.check(request).or(this::overload).orElse(null));
        return true;
    }

    private void ended(Exchange exchange) {
        exchanges.remove(exchange);
        synchronized (exchanges) {
            exchanges.notifyAll();
        }
    }

    /** Waits until all answers are sent, not longer than that. */
    void awaitEnd(Duration most) {
        long until = nanos.getAsLong() + most.toNanos();
        synchronized (exchanges) {
            for (long left = most.toNanos(); !exchanges.isEmpty() && left > 0; left = until - nanos.getAsLong()) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(exchanges, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private static boolean isHealth(Request request) {
        return HEALTH.equals(request.getHttpURI().getCanonicalPath())
                && (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"));
    }

    private Reply health(long now) {
        if (inbox.isClosed()) {
            return Reply.health(false, "stopping");
        }
        boolean stalled = now - lastPollNanos > config.limits().commitTimeout().toNanos();
        return Reply.health(!stalled, stalled ? "stalled" : "running");
    }

    private Optional<Refusal> overload() {
        if (inbox.isClosed()) {
            return Optional.of(stopping());
        }
        return exchanges.size() > config.limits().maxRequests()
                ? Optional.of(Refusal.later(
                        429,
                        "too-many-requests",
                        retrySeconds,
                        "Too many requests are under way. Send it again later."))
                : Optional.empty();
    }

    private void read(Exchange exchange, @Nullable Refusal refused) {
        new BodyReader(
                        exchange,
                        config.limits().maxBody(),
                        gate.bodyTooLarge(),
                        full("memory"),
                        refused,
                        body -> enter(exchange, body))
                .start();
    }

    private void enter(Exchange exchange, byte[] body) {
        try {
            List<byte[]> records = records(exchange, body);
            if (records.isEmpty()) {
                exchange.answer(Reply.taken(0));
                return;
            }
            submit(exchange, records);
        } catch (Refusal.RefusedException e) {
            exchange.answer(Reply.of(e.refusal()));
        } catch (RuntimeException e) {
            LOG.error(
                    "a request could not be looked at; nothing of it was taken (connector={})", config.connector(), e);
            exchange.answer(Reply.of(Refusal.of(
                    500,
                    "internal",
                    "The request could not be looked at, nothing of it was taken. The log says more.")));
        }
    }

    private List<byte[]> records(Exchange exchange, byte[] body) throws Refusal.RefusedException {
        Request request = exchange.request();
        byte[] plain = Gate.isGzip(request) ? gunzip.inflate(body, exchange::hold, full("memory")) : body;
        return splitter.split(BodyFormat.of(Gate.contentType(request)), plain);
    }

    private void submit(Exchange exchange, List<byte[]> records) {
        List<Submission.Item> items = new ArrayList<>(records.size());
        for (byte[] value : records) {
            items.add(
                    new Submission.Item(key.map(pointer -> pointer.find(value)).orElse(null), value));
        }
        Submission submission = new Submission(
                items, facts(exchange.request()), () -> exchange.answerLater(Reply.taken(records.size())));
        long now = nanos.getAsLong();
        exchange.waiting(submission, now, now + config.limits().commitTimeout().toNanos());
        switch (inbox.put(submission)) {
            case QUEUED -> {}
            case FULL -> exchange.answer(Reply.of(full("queue")));
            case CLOSED -> exchange.answer(Reply.of(stopping()).closing());
        }
    }

    private Submission.Facts facts(Request request) {
        return new Submission.Facts(
                String.valueOf(request.getHttpURI().getCanonicalPath()),
                Gate.contentType(request),
                Request.getRemoteAddr(request),
                clock.instant().truncatedTo(ChronoUnit.MICROS).toString(),
                Optional.ofNullable(request.getHeaders().get("Idempotency-Key")));
    }

    private Refusal full(String what) {
        return Refusal.later(
                429,
                what + "-full",
                retrySeconds,
                "More is sent than is taken away. Nothing of this request was taken. Send it again later.");
    }

    private static Refusal stopping() {
        return Refusal.later(
                503, "stopping", 1, "The source is stopping. Nothing of this request was taken. Send it again.");
    }

    /** The task asked for records. */
    void polled() {
        lastPollNanos = nanos.getAsLong();
    }

    /** Answers what is late. Called again and again by one thread. */
    void sweep() {
        long now = nanos.getAsLong();
        long longest = 0;
        for (Exchange exchange : exchanges) {
            longest = Math.max(longest, exchange.waitedNanos(now));
            if (exchange.isLate(now)) {
                exchange.submission().ifPresentOrElse(waiting -> late(exchange, waiting), () -> readLate(exchange));
            }
        }
        // A client that comes back when the oldest request of now is through finds room.
        retrySeconds = Math.max(1, Math.min(LONGEST_RETRY_SECONDS, TimeUnit.NANOSECONDS.toSeconds(longest) + 1));
    }

    private void readLate(Exchange exchange) {
        Duration limit = config.limits().readTimeout();
        exchange.answerLater(Reply.of(Refusal.of(
                        408,
                        "read-timeout",
                        "The body did not come within " + limit.toMillis() + " ms. Nothing of it was taken."))
                .closing());
    }

    private void late(Exchange exchange, Submission waiting) {
        exchange.answerLater(Reply.of(
                inbox.giveUp(waiting)
                        ? Refusal.later(
                                503,
                                "not-taken",
                                retrySeconds,
                                "The request waited too long. Nothing of it was taken. Send it again.")
                        : unknown()));
    }

    private static Refusal unknown() {
        return Refusal.later(
                503,
                "not-known",
                1,
                "Whether the records are taken is not known. Send them again; some may then be there twice.");
    }

    /** Answers all that is under way; the inbox is closed already. */
    void endAll() {
        for (Exchange exchange : exchanges) {
            boolean taken = exchange.submission()
                    .filter(waiting -> !inbox.giveUp(waiting))
                    .isPresent();
            exchange.answer(Reply.of(taken ? unknown() : stopping()).closing());
        }
    }

    int underWay() {
        return exchanges.size();
    }

    long heldBytes() {
        return budget.held();
    }
}
