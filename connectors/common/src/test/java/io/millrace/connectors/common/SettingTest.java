package io.millrace.connectors.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {

    @Test
    void aFieldOfAPipelineIsAKeyOfConnectWithDots() {
        assertThat(setting("roll.max_size", ConfigDef.Type.STRING, null, Setting::anything)
                        .key())
                .isEqualTo("s3.roll.max.size");
    }

    @Test
    void aPipelinesFieldIsNotCheckedByItsDefinition() {
        ConfigDef fields = new ConfigDef();
        setting("roll.size", ConfigDef.Type.STRING, "1MB", Quantity::sizeTrouble)
                .defineField(fields);

        assertThat(fields.parse(Map.of("roll.size", "much"))).containsEntry("roll.size", "much");
        assertThat(fields.parse(Map.of())).containsEntry("roll.size", "1MB");
    }

    @Test
    void aConfigurationsKeyIsCheckedAndSaysWhatToWrite() {
        ConfigDef config = defined(setting("roll.size", ConfigDef.Type.STRING, "1MB", Quantity::sizeTrouble));

        assertThatThrownBy(() -> config.parse(Map.of("s3.roll.size", "much")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "s3.roll.size: 'much' is not a size. Write a whole number above zero and a unit, for example '128MB';"
                                + " units: [B, KB, MB, GB].");
    }

    @Test
    void aSettingWithoutValueIsNotChecked() {
        ConfigDef config = defined(setting("roll.size", ConfigDef.Type.STRING, null, Quantity::sizeTrouble));

        assertThat(config.parse(Map.of())).containsEntry("s3.roll.size", null);
    }

    @Test
    void aListIsCheckedAsItIsWritten() {
        ConfigDef config = defined(setting("streams", ConfigDef.Type.LIST, List.of(), StreamRef::trouble));

        assertThat(config.parse(Map.of("s3.streams", "a=b/c/table,d=e/f/events")))
                .containsEntry("s3.streams", List.of("a=b/c/table", "d=e/f/events"));
        assertThatThrownBy(() -> config.parse(Map.of("s3.streams", "a=b/c/table,d")))
                .hasMessage("s3.streams: 'd' does not describe a topic. Write '<topic>=<layer>/<stream>/table' or"
                        + " '<topic>=<layer>/<stream>/events'.");
    }

    @Test
    void aSecretIsCheckedByItsValueAndStaysHidden() {
        ConfigDef config = defined(setting(
                "token",
                ConfigDef.Type.PASSWORD,
                null,
                text -> text.equals("good")
                        ? Optional.empty()
                        : Optional.of(new Trouble("It is bad.", "Choose another."))));

        assertThat(config.parse(Map.of("s3.token", "good"))).containsEntry("s3.token", new Password("good"));
        assertThatThrownBy(() -> config.parse(Map.of("s3.token", "hush")))
                .hasMessage("s3.token: It is bad. Choose another.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "+1", "1.5", "1e3", "many", "1000000000000000000"})
    void aTextThatIsNoCountIsRefused(String text) {
        assertThat(Setting.countTrouble(text).orElseThrow().text())
                .isEqualTo("'" + text + "' is not a count. Write a whole number above zero.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "many", "1000000000"})
    void aTextThatIsNoIntCountIsRefused(String text) {
        assertThat(Setting.intCountTrouble(text).orElseThrow().text())
                .isEqualTo("'" + text + "' is not a count. Write a whole number above zero, at most 999999999.");
    }

    @Test
    void countsThatFitTheirTypeAreTaken() {
        assertThat(Setting.countTrouble("999999999999999999")).isEmpty();
        assertThat(Setting.countTrouble("1")).isEmpty();
        assertThat(Setting.intCountTrouble("999999999")).isEmpty();
        assertThat(Setting.intCountTrouble("1")).isEmpty();
        assertThat(Setting.anything("")).isEmpty();
    }

    private static Setting setting(
            String field, ConfigDef.Type type, Object fallback, Function<String, Optional<Trouble>> check) {
        return new Setting("s3.", field, type, fallback, ConfigDef.Importance.HIGH, "What it does.", check);
    }

    private static ConfigDef defined(Setting setting) {
        ConfigDef config = new ConfigDef();
        setting.define(config);
        return config;
    }
}
