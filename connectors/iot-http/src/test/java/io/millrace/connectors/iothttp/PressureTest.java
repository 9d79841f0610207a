package io.millrace.connectors.iothttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Too much, too slow, too late. */
class PressureTest {
    private static final String FULL =
            "More is sent than is taken away. Nothing of this request was taken. Send it again later.\"}";
    private FakeSourceWorker worker;

    @AfterEach
    void stop() throws InterruptedException {
        if (worker != null) {
            worker.close();
        }
    }

    private Client start(String... config) {
        worker = FakeSourceWorker.start(config);
        return new Client(worker);
    }

    /** Has a batch under way whose commit is held, so that all else waits. */
    private CompletableFuture<HttpResponse<String>> busy(Client client) {
        worker.holdCommits();
        CompletableFuture<HttpResponse<String>> first = client.begin(client.json("0"));
        worker.awaitCommitting();
        return first;
    }

    @Test
    void aFullQueueIsToldAndEndsWhenTheWorkerComesAlong() throws Exception {
        Client client = start("http.max.queued", "3");
        CompletableFuture<HttpResponse<String>> first = busy(client);
        CompletableFuture<HttpResponse<String>> second = client.begin(client.json("[1,2]"));
        worker.await(() -> worker.task().intake().underWay() == 2);

        HttpResponse<String> refused = client.send(client.json("[3,4]"));

        assertThat(Client.text(refused)).isEqualTo("429 {\"code\":\"iot-http.queue-full\",\"message\":\"" + FULL);
        assertThat(refused.headers().firstValue("Retry-After"))
                .hasValueSatisfying(
                        seconds -> assertThat(Integer.parseInt(seconds)).isBetween(1, 30));
        worker.release();
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(second.join().statusCode()).isEqualTo(200);
        assertThat(client.answer(client.json("[3,4]"))).isEqualTo("200 {\"records\":2}");
        assertThat(worker.values()).containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    void bytesInFlightAreBounded() throws Exception {
        Client client = start("http.max.in.flight", "2KB", "http.max.body", "1KB", "http.max.inflated", "1KB");
        CompletableFuture<HttpResponse<String>> first = busy(client);
        CompletableFuture<HttpResponse<String>> second = client.begin(client.post("text/plain", new byte[1_000]));
        CompletableFuture<HttpResponse<String>> third = client.begin(client.post("text/plain", new byte[900]));
        worker.await(() -> worker.task().intake().heldBytes() == 1_901);

        assertThat(client.answer(client.post("text/plain", new byte[200])))
                .isEqualTo("429 {\"code\":\"iot-http.memory-full\",\"message\":\"" + FULL);
        assertThat(client.answer(
                        client.post("text/plain", Client.gzip(new byte[900])).header("Content-Encoding", "gzip")))
                .isEqualTo("429 {\"code\":\"iot-http.memory-full\",\"message\":\"" + FULL);

        worker.release();
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(second.join().statusCode()).isEqualTo(200);
        assertThat(third.join().statusCode()).isEqualTo(200);
        assertThat(worker.task().intake().heldBytes()).isZero();
    }

    @Test
    void requestsUnderWayAreBounded() throws Exception {
        Client client = start("http.max.requests", "1");
        CompletableFuture<HttpResponse<String>> first = busy(client);

        assertThat(client.answer(client.json("1")))
                .isEqualTo(
                        "429 {\"code\":\"iot-http.too-many-requests\",\"message\":\"Too many requests are under way. Send it again"
                                + " later.\"}");

        worker.release();
        assertThat(first.join().statusCode()).isEqualTo(200);
    }

    @Test
    void aRequestThatTheWorkerNeverTookIsGivenUp() throws Exception {
        Client client = start("http.commit.timeout", "400ms");
        worker.holdPolls();
        // one poll may be under way
        String answer = client.answer(client.json("1"));
        if (answer.startsWith("200")) {
            answer = client.answer(client.json("1"));
        }

        assertThat(answer)
                .isEqualTo(
                        "503 {\"code\":\"iot-http.not-taken\",\"message\":\"The request waited too long. Nothing of it was taken."
                                + " Send it again.\"}");
        int before = worker.durable().size();
        worker.release();
        assertThat(client.answer(client.json("2"))).startsWith("200");
        assertThat(worker.durable()).hasSize(before + 1);
    }

    @Test
    void ofARequestWhoseCommitIsLateNothingIsClaimed() throws Exception {
        Client client = start("http.commit.timeout", "400ms");

        HttpResponse<String> response = busy(client).join();

        assertThat(Client.text(response))
                .isEqualTo(
                        "503 {\"code\":\"iot-http.not-known\",\"message\":\"Whether the records are taken is not known. Send them again;"
                                + " some may then be there twice.\"}");
        assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
        worker.release();
        assertThat(client.answer(client.json("1"))).isEqualTo("200 {\"records\":1}");
        assertThat(worker.values()).containsExactly("0", "1");
    }

    @Test
    void aBodyThatTricklesInIsEnded() throws Exception {
        Client client = start("http.read.timeout", "500ms");
        try (Socket socket = client.socket()) {
            socket.getOutputStream()
                    .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc".getBytes(UTF_8));

            RawResponse response = RawResponse.read(socket.getInputStream());

            assertThat(response.status() + " " + response.body())
                    .isEqualTo(
                            "408 {\"code\":\"iot-http.read-timeout\",\"message\":\"The body did not come within 500 ms. Nothing of it"
                                    + " was taken.\"}");
            assertThat(response.headers()).contains("connection: close");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        worker.await(() ->
                worker.task().intake().underWay() == 0 && worker.task().intake().heldBytes() == 0);
        assertThat(client.answer(client.json("1"))).isEqualTo("200 {\"records\":1}");
    }

    @Test
    void aHeadThatTricklesInIsEnded() throws Exception {
        Client client = start("http.keep.alive", "500ms");
        try (Socket socket = client.socket()) {
            socket.getOutputStream().write("POST / HTTP/1.1\r\nHost: x\r\n".getBytes(UTF_8));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void anIdleConnectionIsEndedButNotOneThatWaitsForItsCommit() throws Exception {
        Client client = start("http.keep.alive", "300ms");
        CompletableFuture<HttpResponse<String>> waits = busy(client);
        try (Socket idle = client.socket()) {
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
        }

        assertThat(waits).isNotDone();
        worker.release();
        assertThat(waits.join().statusCode()).isEqualTo(200);
    }

    @Test
    void aClientThatGoesAwayLeavesNothingBehind() throws Exception {
        Client client = start();
        try (Socket socket = client.socket()) {
            socket.getOutputStream()
                    .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc".getBytes(UTF_8));
            worker.await(() -> worker.task().intake().heldBytes() == 3);
        }

        worker.await(() ->
                worker.task().intake().underWay() == 0 && worker.task().intake().heldBytes() == 0);
        assertThat(worker.durable()).isEmpty();
    }

    @Test
    void manyRequestsWaitWithoutAThreadEach() throws Exception {
        Client client = start();
        CompletableFuture<HttpResponse<String>> first = busy(client);
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            waiting.add(client.begin(client.json("1")));
        }
        worker.await(() -> worker.task().intake().underWay() == 301);

        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("iot-http-"))
                .count();

        assertThat(threads).isLessThan(20);
        worker.release();
        waiting.add(first);
        waiting.forEach(response -> assertThat(response.join().statusCode()).isEqualTo(200));
    }
}
