package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Devices that send again what was not acknowledged, against a task that dies in the middle of commits and comes back. */
class RetryingClientsIT {
    private static final int DEVICES = 20;
    private static final int POSTS = 500;

    @Test
    void whatWasAcknowledgedIsDurableAndAllIsAcknowledgedAtLast() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> durable = Collections.synchronizedList(new ArrayList<>());
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        AtomicInteger refused = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        Random random = new Random(3);
        ExecutorService devices = Executors.newFixedThreadPool(DEVICES);
        try {
            for (int device = 0; device < DEVICES; device++) {
                String name = "d" + device;
                devices.execute(() -> post(new Client(port), name, acknowledged, refused, done));
            }
            int lives = 0;
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (acknowledged.size() < DEVICES * POSTS && System.nanoTime() < until) {
                int before = acknowledged.size();
                FakeSourceWorker worker = FakeSourceWorker.start(
                        "http.port", Integer.toString(port), "http.max.queued", "12", "http.max.batch", "12");
                int enough = before + 500 + random.nextInt(2_000);
                while (acknowledged.size() < Math.min(enough, DEVICES * POSTS) && System.nanoTime() < until) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                }
                if (acknowledged.size() < DEVICES * POSTS) {
                    worker.failCommit();
                    worker.awaitEnd();
                }
                worker.close();
                durable.addAll(worker.values());
                lives++;
            }

            assertThat(acknowledged).hasSize(DEVICES * POSTS);
            assertThat(lives).isGreaterThan(3);
            assertThat(refused.get()).isPositive();
            assertThat(new HashSet<>(durable)).isEqualTo(acknowledged);
            // each device sends one after another, so the first time of each is in order
            for (int device = 0; device < DEVICES; device++) {
                String prefix = "d" + device + "-";
                assertThat(new LinkedHashSet<>(durable).stream().filter(value -> value.startsWith(prefix)))
                        .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
            }
        } finally {
            done.set(true);
            devices.shutdownNow();
            assertThat(devices.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static int number(String value) {
        return Integer.parseInt(value.substring(value.indexOf('-') + 1));
    }

    private static void post(
            Client client, String name, Set<String> acknowledged, AtomicInteger refused, AtomicBoolean done) {
        for (int number = 0; number < POSTS && !done.get(); number++) {
            String value = name + "-" + number;
            while (!done.get()) {
                try {
                    HttpResponse<String> response = client.send(client.post("text/plain", value.getBytes()));
                    if (response.statusCode() == 200) {
                        acknowledged.add(value);
                        break;
                    }
                    assertThat(response.statusCode()).isIn(429, 503);
                    refused.incrementAndGet();
                } catch (IOException e) {
                    // the source is away; send again
                } catch (InterruptedException e) {
                    return;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
        }
    }
}
