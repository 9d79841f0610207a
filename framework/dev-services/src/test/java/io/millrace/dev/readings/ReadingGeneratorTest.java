package io.millrace.dev.readings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadingGeneratorTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
    private final List<String> said = new ArrayList<>();
    private final Random random = new Random(2);
    private HttpServer server;
    private boolean flaky;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        List<String> lines = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        boolean authorized = "Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
        int answer = authorized ? status : 401;
        int fate = flaky ? random.nextInt(10) : 9;
        if (fate == 0) {
            // the answer is lost, the lines are not
            taken.addAll(lines);
            exchange.close();
            return;
        }
        if (fate <= 2) {
            answer = fate == 1 ? 429 : 503;
            exchange.getResponseHeaders().add("Retry-After", "0");
        }
        if (answer == 200) {
            taken.addAll(lines);
        }
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private ReadingPoster poster(String token, Duration patience) {
        return new ReadingPoster(url(), Optional.of(token), patience, 1);
    }

    private void run(ReadingPoster poster, long count) throws InterruptedException {
        ReadingScript script = new ReadingScript(7, START);
        new ReadingGenerator(poster, 7).run(script::next, 100_000, count, new CountDownLatch(1), said::add);
    }

    @Test
    void postsInOrderAndTellsWhatWasAcknowledged() throws Exception {
        run(poster("secret", Duration.ofSeconds(30)), 500);

        ReadingScript again = new ReadingScript(7, START);
        assertThat(taken)
                .isEqualTo(Stream.generate(again::next)
                        .limit(500)
                        .map(Reading::line)
                        .toList());
        assertThat(said)
                .containsExactly(
                        "ready", "{\"good\":480,\"broken\":5,\"implausible\":5,\"duplicate\":10,\"retries\":0}");
    }

    @Test
    void postsAgainWhatWasNotAcknowledged() throws Exception {
        flaky = true;
        ReadingPoster poster = poster("secret", Duration.ofSeconds(30));

        run(poster, 300);

        ReadingScript again = new ReadingScript(7, START);
        List<String> made =
                Stream.generate(again::next).limit(300).map(Reading::line).toList();
        assertThat(poster.retries()).isPositive();
        assertThat(taken).containsAll(made);
        assertThat(taken.size()).isGreaterThan(300);
    }

    @Test
    void aRefusalForGoodIsTold() {
        assertThatThrownBy(() -> run(poster("wrong", Duration.ofSeconds(30)), 10))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("the readings cannot be posted to '" + url() + "': it answers 401 {}.");
    }

    @Test
    void aSourceThatStaysAwayIsTold() {
        status = 503;

        assertThatThrownBy(() -> run(poster("secret", Duration.ofMillis(200)), 10))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("the readings cannot be posted to '" + url() + "': it answers 503 {}.");
    }

    @Test
    void theEndStopsIt() throws Exception {
        status = 503;
        CountDownLatch end = new CountDownLatch(1);
        end.countDown();

        assertThat(poster("secret", Duration.ofSeconds(30)).post(List.of("{}"), end))
                .isFalse();
    }
}
