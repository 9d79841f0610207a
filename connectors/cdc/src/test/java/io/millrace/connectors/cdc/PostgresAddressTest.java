package io.millrace.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresAddressTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db.example:5433/shop, db.example:5433, jdbc:postgresql://db.example:5433/shop",
        "postgres://db.example/shop, db.example:5432, jdbc:postgresql://db.example:5432/shop",
        "postgresql://127.0.0.1/shop, 127.0.0.1:5432, jdbc:postgresql://127.0.0.1:5432/shop",
        "jdbc:postgresql://[::1]:5432/shop, ::1:5432, jdbc:postgresql://[::1]:5432/shop",
    })
    void readsTheUsualForms(String url, String place, String jdbcUrl) throws Exception {
        PostgresAddress address = PostgresAddress.parse(url);

        assertThat(address.place()).isEqualTo(place);
        assertThat(address.jdbcUrl()).isEqualTo(jdbcUrl);
        assertThat(address.user()).isEmpty();
    }

    @Test
    void readsTheLoginFromEitherForm() throws Exception {
        PostgresAddress first = PostgresAddress.parse("postgres://cdc:s%40cret+1@db/shop?sslmode=require");
        PostgresAddress second =
                PostgresAddress.parse("jdbc:postgresql://db/shop?user=cdc&password=s%40cret+1&sslmode=require");

        assertThat(first).isEqualTo(second);
        assertThat(first.user()).isEqualTo(Optional.of("cdc"));
        assertThat(first.password()).isEqualTo(Optional.of("s@cret+1"));
        assertThat(first.sslMode()).isEqualTo(Optional.of("require"));
        assertThat(first).hasToString("PostgresAddress[jdbc:postgresql://db:5432/shop]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mysql://db/shop                    | url is not one of PostgreSQL.",
                "jdbc:postgresql:shop               | url is not one of PostgreSQL.",
                "postgres://db                      | url names no database.",
                "postgres://db/                     | url names no database.",
                "postgres:///shop                   | url names no host.",
                "postgres://db:0/shop               | port '0' of url is not between 1 and 65535.",
                "postgres://u:p w@db/shop           | url cannot be read as one.",
                "postgres://u:secret@db/shop?tls=on | parameter 'tls' of url is not one of [user, password, sslmode].",
            })
    void saysWhatIsWrongWithoutRepeatingTheUrl(String url, String message) {
        assertThatThrownBy(() -> PostgresAddress.parse(url)).hasMessage(message);
    }
}
