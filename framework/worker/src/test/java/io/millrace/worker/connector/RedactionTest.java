package io.millrace.worker.connector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RedactionTest {
    private final Redaction redaction = new Redaction(Map.of(
            "name", "shopdb",
            "database.password", "rosebud",
            "s3.secret.access.key", "rosebud/2",
            "errors.tolerance", "all"));

    @Test
    void hidesTheValuesOfSecretSettings() {
        assertThat(redaction.of("Invalid value rosebud/2, or rosebud, for connector shopdb: all is lost"))
                .isEqualTo("Invalid value [hidden], or [hidden], for connector shopdb: all is lost");
    }

    @Test
    void hidesPasswordsInAddresses() {
        assertThat(redaction.of("jdbc:postgresql://h/db?user=a&password=x1&ssl=on and postgres://cdc:p:w@h:5432/db"))
                .isEqualTo(
                        "jdbc:postgresql://h/db?user=a&password=[hidden]&ssl=on and postgres://cdc:[hidden]@h:5432/db");
    }

    @Test
    void leavesOtherMessagesAlone() {
        assertThat(redaction.of("connect to http://127.0.0.1:9000 by 10:30"))
                .isEqualTo("connect to http://127.0.0.1:9000 by 10:30");
    }
}
