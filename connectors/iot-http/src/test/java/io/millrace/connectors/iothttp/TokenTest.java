package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTest {
    @TempDir
    Path folder;

    @Test
    void onlyWhoHasATokenMayPost() throws Exception {
        try (FakeSourceWorker worker = FakeSourceWorker.start("http.auth.bearer", "alpha, beta==")) {
            Client client = new Client(worker);

            HttpResponse<String> none = client.send(client.json("1"));
            HttpResponse<String> wrong = client.send(client.json("1").header("Authorization", "Bearer gamma"));
            HttpResponse<String> basic = client.send(client.json("1").header("Authorization", "Basic YTpi"));

            assertThat(Client.text(none))
                    .isEqualTo(
                            "401 {\"code\":\"iot-http.no-token\",\"message\":\"The request carries no bearer token. Send the header"
                                    + " 'Authorization: Bearer <token>'.\"}");
            assertThat(none.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"shop.readings\"");
            assertThat(Client.text(basic)).isEqualTo(Client.text(none));
            assertThat(Client.text(wrong))
                    .isEqualTo(
                            "401 {\"code\":\"iot-http.wrong-token\",\"message\":\"The bearer token is not known. Ask who runs this"
                                    + " source for one.\"}");
            assertThat(wrong.headers().firstValue("WWW-Authenticate"))
                    .hasValue("Bearer realm=\"shop.readings\", error=\"invalid_token\"");
            assertThat(client.answer(client.json("1").header("Authorization", "Bearer alpha")))
                    .startsWith("200");
            assertThat(client.answer(client.json("2").header("Authorization", "bearer beta==")))
                    .startsWith("200");
            assertThat(worker.values()).containsExactly("1", "2");
        }
    }

    @Test
    void aFileOfTokensIsReadAgainWhenItChanges() throws Exception {
        Path file = folder.resolve("tokens");
        Files.writeString(file, "# devices\nold\n");
        try (FakeSourceWorker worker = FakeSourceWorker.start("http.auth.bearer.file", file.toString())) {
            Client client = new Client(worker);
            assertThat(client.send(client.json("1").header("Authorization", "Bearer old"))
                            .statusCode())
                    .isEqualTo(200);

            Files.writeString(file, "new-one\n");
            worker.await(() -> status(client, "new-one") == 200);
            assertThat(status(client, "old")).isEqualTo(401);
        }
    }

    @Test
    void tokensKnownSoFarStayWhenTheFileIsDamaged() throws Exception {
        Path file = folder.resolve("tokens");
        Files.writeString(file, "one\n");
        BearerTokens tokens = BearerTokens.of(
                IotHttpSourceConfig.of(FakeSourceWorker.config("http.auth.bearer.file", file.toString()))
                        .auth());

        Files.writeString(file, "not a token\n");
        tokens.refresh();
        assertThat(tokens.has("one")).isTrue();

        Files.delete(file);
        tokens.refresh();
        assertThat(tokens.has("one")).isTrue();

        Files.writeString(file, "three\nfour\n");
        tokens.refresh();
        assertThat(tokens.has("one")).isFalse();
        assertThat(tokens.has("four")).isTrue();
    }

    @Test
    void aFileWithoutATokenIsRefusedAtTheStart() throws Exception {
        Path file = folder.resolve("tokens");
        Files.writeString(file, "# none yet\n");

        assertThatThrownBy(() -> new IotHttpSourceTask()
                        .start(FakeSourceWorker.config("http.auth.bearer.file", file.toString())))
                .isInstanceOf(ConfigException.class)
                .hasMessage("http.auth.bearer.file: '" + file + "' holds no token. Write one in a line.");
    }

    private static int status(Client client, String token) {
        try {
            return client.send(client.json("1").header("Authorization", "Bearer " + token))
                    .statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
