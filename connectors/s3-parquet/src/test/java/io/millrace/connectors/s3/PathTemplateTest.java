package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplateTest {
    private static final long TIME = Instant.parse("1996-07-07T23:59:59.999Z").toEpochMilli();
    private static final StreamRef ORDERS = new StreamRef("cleaned", "orders", true);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{layer}/{stream}/dt={yyyy-MM-dd}|cleaned/orders/dt=1996-07-07|cleaned/orders/dt=",
                "{topic}|cleaned.shop.orders|cleaned.shop.orders/",
                "lake/{pipeline}/y={yyyy}/m={MM}/{stream}/h={HH}|lake/shop/y=1996/m=07/orders/h=23|lake/shop/y=",
                "{yyyy/MM/dd}/x|1996/07/07/x|''",
                "{yyyyMMddHHmm}|199607072359|''"
            })
    void aRecordsFolderFollowsFromItsStreamAndTime(String template, String folder, String prefix) {
        PathTemplate.OfTopic path = PathTemplate.of(template).of("shop", "cleaned.shop.orders", ORDERS);

        assertThat(PathTemplate.trouble(template)).isEmpty();
        assertThat(path.folder(TIME)).isEqualTo(folder);
        assertThat(path.prefix()).isEqualTo(prefix);
    }

    @Test
    void timesBefore1970AndOneAfterTheOtherAreTold() {
        PathTemplate.OfTopic path = PathTemplate.of("{yyyy-MM-dd}").of("shop", "t", ORDERS);

        assertThat(path.folder(-1)).isEqualTo("1969-12-31");
        assertThat(path.folder(0)).isEqualTo("1970-01-01");
        assertThat(path.folder(-1)).isEqualTo("1969-12-31");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{strem}/x|'{strem}/x' has the placeholder '{strem}', which is not known. Write one of [{layer}, {stream}, {pipeline}, {topic}] or a date pattern such as {yyyy-MM-dd}, with letters of [y, u, M, d, D, H, m].",
                "{day}|'{day}' has the placeholder '{day}', which is not known. Write one of [{layer}, {stream}, {pipeline}, {topic}] or a date pattern such as {yyyy-MM-dd}, with letters of [y, u, M, d, D, H, m].",
                "{}|'{}' has the placeholder '{}', which is not known. Write one of [{layer}, {stream}, {pipeline}, {topic}] or a date pattern such as {yyyy-MM-dd}, with letters of [y, u, M, d, D, H, m].",
                "{layer}/{stream|'{layer}/{stream' has a brace without its partner. Close or remove the brace.",
                "/a|'/a' has an empty folder name. Write folders with one '/' between them, none at the ends.",
                "a//{topic}|'a//{topic}' has an empty folder name. Write folders with one '/' between them, none at the ends."
            })
    void aTemplateThatCannotBeFilledIsExplained(String template, String text) {
        assertThat(PathTemplate.trouble(template).map(Trouble::text)).contains(text);
    }
}
