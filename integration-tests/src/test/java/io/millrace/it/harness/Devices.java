package io.millrace.it.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Devices that post their readings and send again what was not acknowledged; now and then one loses the answer to what it sent and sends
 * that again too, as a device behind a bad line does.
 */
public final class Devices {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration GIVES_UP_ON_A_REQUEST = Duration.ofSeconds(5);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI url;
    private final String token;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(GIVES_UP_ON_A_REQUEST).build();
    private final AtomicInteger sentAgain = new AtomicInteger();

    public Devices(URI url, String token) {
        this.url = url;
        this.token = token;
    }

    /**
     * Posts readings in order, a batch at a time, until each was acknowledged.
     *
     * @param readings one JSON document each
     * @param seed says how batches are cut and which answers are lost
     * @param patience how long one batch may stay without an acknowledgement
     */
    public void post(List<String> readings, long seed, Duration patience) throws IOException, InterruptedException {
        Random random = new Random(seed);
        int at = 0;
        while (at < readings.size()) {
            int size = Math.min(1 + random.nextInt(60), readings.size() - at);
            List<String> batch = readings.subList(at, at + size);
            acknowledged(batch, random, patience);
            if (random.nextInt(20) == 0) {
                // the answer was lost on its way
                sentAgain.addAndGet(size);
                acknowledged(batch, random, patience);
            }
            at += size;
        }
    }

    private void acknowledged(List<String> batch, Random random, Duration patience)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        // an array cannot hold what is no JSON
        boolean array = random.nextBoolean() && batch.stream().allMatch(Devices::isJson);
        String body = array ? "[" + String.join(",", batch) + "]" : String.join("\n", batch);
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(GIVES_UP_ON_A_REQUEST)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", array ? "application/json" : "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        while (true) {
            Optional<String> refusal = refusal(request);
            if (refusal.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("not acknowledged within " + patience + ": " + refusal.get());
            }
            sentAgain.addAndGet(batch.size());
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static boolean isJson(String reading) {
        try {
            JSON.readTree(reading);
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Why the batch must be sent again; empty where it was taken. */
    private Optional<String> refusal(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            // nobody listens, or the line broke: whether it was taken is not known
            return Optional.of(e.toString());
        }
        if (response.statusCode() / 100 == 2) {
            return Optional.empty();
        }
        String answer = response.statusCode() + " " + response.body();
        if (response.statusCode() != 429 && response.statusCode() != 503) {
            throw new IOException("a batch was refused for good: " + answer);
        }
        return Optional.of(answer);
    }

    /** How many readings were sent once more; each may stand in the raw topic twice. */
    public int sentAgain() {
        return sentAgain.get();
    }
}
