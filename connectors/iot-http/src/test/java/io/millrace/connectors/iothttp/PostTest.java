package io.millrace.connectors.iothttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client posts and is answered, over real sockets. */
class PostTest {
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

    @Test
    void aPostBecomesARecordOfItsBytesWithFactsInHeaders() throws Exception {
        Client client = start();

        HttpResponse<String> response =
                client.send(client.json(" {\"device_id\" : \"a\"} ").header("Idempotency-Key", "\"8e03978e\""));

        assertThat(Client.text(response)).isEqualTo("200 {\"records\":1}");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("Server")).isEmpty();
        SourceRecord record = worker.durable().get(0);
        assertThat(worker.values()).containsExactly(" {\"device_id\" : \"a\"} ");
        assertThat(record.topic()).isEqualTo("raw.shop.readings");
        assertThat(record.valueSchema()).isEqualTo(Schema.BYTES_SCHEMA);
        assertThat(record.key()).isNull();
        Map<String, Object> headers = new LinkedHashMap<>();
        record.headers().forEach(header -> headers.put(header.key(), header.value()));
        assertThat(Instant.parse((String) headers.remove("http.received_at")))
                .isCloseTo(Instant.now(), within(30, ChronoUnit.SECONDS));
        assertThat(headers)
                .isEqualTo(Map.of(
                        "http.path", "/",
                        "http.content_type", "application/json",
                        "http.client", "127.0.0.1",
                        "http.idempotency_key", "\"8e03978e\""));
    }

    @Test
    void anArrayAndLinesBecomeARecordEach() throws Exception {
        Client client = start();

        assertThat(client.answer(client.json("[{\"a\":1}, {\"a\":2}]"))).isEqualTo("200 {\"records\":2}");
        assertThat(client.answer(client.lines("{\"a\":3}\n{broken\n"))).isEqualTo("200 {\"records\":2}");
        assertThat(client.answer(client.json("[]"))).isEqualTo("200 {\"records\":0}");

        assertThat(worker.values()).containsExactly("{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{broken");
    }

    @Test
    void otherContentTypesAreOneRecord() throws Exception {
        Client client = start();

        assertThat(client.answer(client.post("application/octet-stream", "[1,2]\n3".getBytes(UTF_8))))
                .isEqualTo("200 {\"records\":1}");
        assertThat(client.answer(client.to("/").POST(HttpRequest.BodyPublishers.ofString("no type"))))
                .isEqualTo("200 {\"records\":1}");

        assertThat(worker.values()).containsExactly("[1,2]\n3", "no type");
    }

    @Test
    void gzipIsUndone() throws Exception {
        Client client = start();

        assertThat(client.answer(client.post("application/json", Client.gzip("[1,2]".getBytes(UTF_8)))
                        .header("Content-Encoding", "gzip")))
                .isEqualTo("200 {\"records\":2}");

        assertThat(worker.values()).containsExactly("1", "2");
    }

    @Test
    void theKeyIsWhereThePointerPoints() throws Exception {
        Client client = start("http.key", "/device_id");

        client.answer(client.lines("{\"device_id\":\"a\"}\n{}\nbroken\n"));

        assertThat(worker.durable())
                .extracting(record -> record.key() == null ? "none" : new String((byte[]) record.key(), UTF_8))
                .containsExactly("\"a\"", "none", "none");
    }

    @Test
    void nothingIsAnsweredBeforeTheCommit() throws Exception {
        Client client = start();
        worker.holdCommits();

        CompletableFuture<HttpResponse<String>> response = client.begin(client.json("[1,2]"));
        worker.awaitCommitting();

        assertThat(response).isNotDone();
        worker.release();
        assertThat(Client.text(response.join())).isEqualTo("200 {\"records\":2}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/readings", "/readings/7/x"})
    void pathsBelowAreTakenWhereThatIsSet(String path) throws Exception {
        Client client = start("http.path", "/readings/*");

        assertThat(client.answer(client.to(path).POST(HttpRequest.BodyPublishers.ofString("x"))))
                .isEqualTo("200 {\"records\":1}");
        assertThat(worker.durable().get(0).headers().lastWithName("http.path").value())
                .isEqualTo(path);
        assertThat(client.answer(client.to("/readingsx").POST(HttpRequest.BodyPublishers.ofString("x"))))
                .isEqualTo(
                        "404 {\"code\":\"iot-http.path\",\"message\":\"There is nothing here. Post to '/readings/*'.\"}");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        "GET / HTTP/1.1\r\n\r\n",
                        "405 {\"code\":\"iot-http.method\",\"message\":\"Records are taken by POST only.\"}",
                        "allow: POST"),
                Arguments.of(
                        "POST /x HTTP/1.1\r\nContent-Length: 1\r\n\r\n1",
                        "404 {\"code\":\"iot-http.path\",\"message\":\"There is nothing here. Post to '/'.\"}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
                        "400 {\"code\":\"iot-http.empty-body\",\"message\":\"The body is empty. Send at least one record.\"}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\n1",
                        "415 {\"code\":\"iot-http.content-encoding\",\"message\":\"The body's Content-Encoding is not known. Send it"
                                + " as it is, or with 'gzip'.\"}",
                        "accept-encoding: gzip, identity"),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\n1",
                        "400 {\"code\":\"iot-http.malformed-gzip\",\"message\":\"The body is not gzip, though its Content-Encoding"
                                + " says so.\"}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Type: application/json; charset=ISO-8859-1\r\nContent-Length: 1\r\n\r\n1",
                        "415 {\"code\":\"iot-http.charset\",\"message\":\"JSON is taken in UTF-8 only (RFC 8259), not in"
                                + " 'iso-8859-1'.\"}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n[1,{\"a\":}]  ",
                        "400 {\"code\":\"iot-http.malformed-json\",\"message\":\"The array cannot be read from element 1 on."
                                + " Nothing was taken.\",\"bad\":1,\"elements\":[{\"element\":1,\"message\":\"it is not"
                                + " well-formed at byte 8\"}]}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n" + "x".repeat(101),
                        "413 {\"code\":\"iot-http.body-too-large\",\"message\":\"The body is larger than 100 bytes. Send it in"
                                + " several requests.\"}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n",
                        "413 {\"code\":\"iot-http.body-too-large\",\"message\":\"The body is larger than 100 bytes. Send it in"
                                + " several requests.\"}",
                        "connection: close"),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
                        "413 {\"code\":\"iot-http.body-too-large\",\"message\":\"The body is larger than 100 bytes. Send it in"
                                + " several requests.\"}",
                        "connection: close"),
                Arguments.of(
                        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n41\r\n" + "x".repeat(65) + "\r\n41\r\n"
                                + "x".repeat(65) + "\r\n0\r\n\r\n",
                        "413 {\"code\":\"iot-http.body-too-large\",\"message\":\"The body is larger than 100 bytes. Send it in"
                                + " several requests.\"}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Type: application/jsonl\r\nContent-Length: 10\r\n\r\n1\n1\n1\n1\n1\n",
                        "413 {\"code\":\"iot-http.too-many-records\",\"message\":\"The request holds more than 4 records. Send them"
                                + " in several requests.\"}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                        "400 {\"code\":\"iot-http.http-400\",\"message\":\"The server refused the request: bad request.\"}",
                        ""),
                Arguments.of(
                        "POST / HTTP/1.1\r\nA: " + "x".repeat(9_000) + "\r\n\r\n",
                        "431 {\"code\":\"iot-http.http-431\",\"message\":\"The server refused the request: request header fields too"
                                + " large.\"}",
                        ""));
    }

    @ParameterizedTest
    @MethodSource
    void refusals(String request, String answer, String header) throws Exception {
        Client client = start("http.max.body", "100B", "http.max.records", "4");

        RawResponse response = RawResponse.of(client, request.replaceFirst("\r\n", "\r\nHost: x\r\n"));

        assertThat(response.status() + " " + response.body()).isEqualTo(answer);
        if (!header.isEmpty()) {
            assertThat(response.headers()).contains(header);
        }
        assertThat(worker.durable()).isEmpty();
    }

    @Test
    void aBombIsNotInflatedFurtherThanAllowed() throws Exception {
        Client client = start("http.max.inflated", "64KB");
        byte[] bomb = Client.gzip(new byte[50_000_000]);
        assertThat(bomb.length).isLessThan(100_000);

        assertThat(client.answer(client.post("text/plain", bomb).header("Content-Encoding", "gzip")))
                .isEqualTo(
                        "413 {\"code\":\"iot-http.inflated-too-large\",\"message\":\"The body holds more than 65536 bytes when gzip is"
                                + " undone. Send it in several requests.\"}");
        assertThat(worker.task().intake().heldBytes()).isZero();
    }

    @Test
    void allBadLinesAreToldWhereTheyAreRefused() throws Exception {
        Client client = start("http.malformed", "refuse");

        assertThat(client.answer(client.lines("{\"a\":1}\n{broken\n\n[\n")))
                .isEqualTo(
                        "400 {\"code\":\"iot-http.malformed-json\",\"message\":\"Lines are not JSON: 2 of 3. Nothing was taken.\","
                                + "\"bad\":2,\"elements\":[{\"line\":2,\"message\":\"it is not well-formed at byte 1\"},"
                                + "{\"line\":4,\"message\":\"it is not well-formed at byte 1\"}]}");
        assertThat(worker.durable()).isEmpty();
    }

    @Test
    void aConnectionServesManyRequests() throws Exception {
        Client client = start();
        try (var socket = client.socket()) {
            for (int round = 0; round < 50; round++) {
                socket.getOutputStream()
                        .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi".getBytes(UTF_8));
                assertThat(RawResponse.read(socket.getInputStream()).status()).isEqualTo(200);
            }
        }
        assertThat(worker.durable()).hasSize(50);
    }

    @Test
    void healthIsToldWithoutAToken() throws Exception {
        Client client = start("http.auth.bearer", "secret");

        assertThat(client.answer(client.to("/health").GET())).isEqualTo("200 {\"status\":\"running\"}");
    }

    @Test
    void healthTellsOfAWorkerThatDoesNotPoll() throws Exception {
        Client client = start("http.commit.timeout", "300ms");
        worker.holdPolls();

        worker.await(() -> {
            try {
                return client.answer(client.to("/health").GET()).equals("503 {\"status\":\"stalled\"}");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
