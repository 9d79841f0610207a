package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class StopTest {
    private static final String STOPPING =
            "503 {\"code\":\"iot-http.stopping\",\"message\":\"The source is stopping. Nothing of this request was taken. Send it again.\"}";
    private static final String UNKNOWN =
            "503 {\"code\":\"iot-http.not-known\",\"message\":\"Whether the records are taken is not known. Send them again; some may then"
                    + " be there twice.\"}";

    @Test
    void aCommitThatFailsIsNeverAnsweredWithSuccess() throws Exception {
        try (FakeSourceWorker worker = FakeSourceWorker.start()) {
            Client client = new Client(worker);
            worker.holdCommits().failCommit();
            CompletableFuture<HttpResponse<String>> polled = client.begin(client.json("1"));
            worker.awaitCommitting();
            CompletableFuture<HttpResponse<String>> queued = client.begin(client.json("2"));
            worker.await(() -> worker.task().intake().underWay() == 2
                    && worker.task().intake().heldBytes() == 2);

            worker.release();
            worker.awaitEnd();

            assertThat(worker.error()).hasMessage("the commit failed");
            assertThat(Client.text(polled.join())).isEqualTo(UNKNOWN);
            assertThat(polled.join().headers().firstValue("Retry-After")).hasValue("1");
            assertThat(Client.text(queued.join())).isEqualTo(STOPPING);
            assertThat(worker.durable()).isEmpty();
        }
    }

    @Test
    void theNextLifeListensOnTheSamePortAtOnce() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        for (int life = 0; life < 5; life++) {
            try (FakeSourceWorker worker = FakeSourceWorker.start("http.port", Integer.toString(port))) {
                Client client = new Client(worker);
                worker.holdCommits();
                CompletableFuture<HttpResponse<String>> waits = client.begin(client.json("1"));
                worker.awaitCommitting();
                worker.close();
                assertThat(Client.text(waits.join())).isEqualTo(UNKNOWN);
            }
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(other.getLocalPort());

            assertThatThrownBy(() -> new IotHttpSourceTask().start(FakeSourceWorker.config("http.port", port)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessage("'shop.readings' cannot listen on port " + port
                            + " of '127.0.0.1': something else does. Stop that, or choose another 'port'.");
        }
    }

    @Test
    void stoppingTwiceAndPollingAfterwardsDoNothing() throws Exception {
        IotHttpSourceTask task = new IotHttpSourceTask();
        task.start(FakeSourceWorker.config());
        task.stop();
        task.stop();

        assertThat(task.poll()).isNull();
    }
}
