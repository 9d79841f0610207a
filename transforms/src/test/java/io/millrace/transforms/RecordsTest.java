package io.millrace.transforms;

import static io.millrace.transforms.Records.configured;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;

/** MakeKey, MakeTombstone, RouteTopic, SetHeaders, Guard and FieldMatches: what becomes of records. */
class RecordsTest {

    @Test
    void theKeyIsMadeOfNestedFields() {
        SinkRecord made = configured(new MakeKey<SinkRecord>(), "fields", "customer.id,day")
                .apply(Records.struct("{\"customer\": {\"id\": 7}, \"day\": \"mon\"}"));
        assertThat(((Struct) made.key()).getInt64("id")).isEqualTo(7);
        assertThat(((Struct) made.key()).getString("day")).isEqualTo("mon");
        assertThat(configured(new MakeKey<SinkRecord>(), "fields", "customer.id,day")
                        .apply(Records.plain("{\"customer\": {\"id\": 7}, \"day\": \"mon\"}"))
                        .key())
                .isEqualTo(Map.of("id", 7L, "day", "mon"));
        SinkRecord plain = configured(new MakeKey<SinkRecord>(), "fields", "customer.id", "plain", "true")
                .apply(Records.struct("{\"customer\": {\"id\": 7}}"));
        assertThat(plain.key()).isEqualTo(7L);
        assertThat(plain.keySchema()).isEqualTo(Schema.OPTIONAL_INT64_SCHEMA);
    }

    @Test
    void noTwoListsOfValuesHaveOneHash() {
        Transformation<SinkRecord> hash = configured(new MakeKey<>(), "fields", "a,b", "hash", "true");
        assertThat(hash.apply(Records.plain("{\"a\": \"1\", \"b\": \"23\"}")).key())
                .isNotEqualTo(hash.apply(Records.plain("{\"a\": \"12\", \"b\": \"3\"}"))
                        .key())
                .isEqualTo(hash.apply(Records.struct("{\"a\": \"1\", \"b\": \"23\"}"))
                        .key());
        assertThat(hash.apply(Records.plain("{\"a\": null, \"b\": \"\"}")).key())
                .isNotEqualTo(
                        hash.apply(Records.plain("{\"a\": \"\", \"b\": null}")).key());
    }

    @Test
    void aNewKeyOfASourceChoosesThePartitionAnew() {
        MakeKey<SourceRecord> key = new MakeKey<>();
        key.configure(Map.of("fields", "id", "plain", "true"));
        SourceRecord made =
                key.apply(new SourceRecord(Map.of(), Map.of(), "t", 3, null, null, null, Map.of("id", "x")));
        assertThat(made.kafkaPartition()).isNull();
        assertThat(made.key()).isEqualTo("x");
    }

    @Test
    void aTombstoneHasNothingToMakeAKeyOf() {
        Transformation<SinkRecord> key = configured(new MakeKey<>(), "fields", "id");
        assertThatThrownBy(() -> key.apply(Records.of(null, null)))
                .hasMessage(
                        "the record is a tombstone: it has no value to make a key of; let a predicate leave it out");
        assertThatThrownBy(() -> configured(new MakeKey<SinkRecord>()))
                .hasMessage("Invalid value [] for configuration fields: write either 'fields' or 'text'");
    }

    @Test
    void aTopicIsNamedByTheRecordAndUnfitNamesAreToldOrCleaned() {
        assertThat(configured(new RouteTopic<SinkRecord>(), "topic", "{topic}-{time:yyyyMM}-{value.c}")
                        .apply(Records.plain("{\"c\": \"se\"}"))
                        .topic())
                .isEqualTo("t-200109-se");
        Transformation<SinkRecord> route = configured(new RouteTopic<>(), "topic", "x-{value.c}");
        assertThatThrownBy(() -> route.apply(Records.plain("{\"c\": \"Åland Islands\"}")))
                .hasMessageStartingWith("'x-Åland Islands' cannot be a topic: ")
                .hasMessageEndingWith("; 'clean: true' replaces what does not fit");
        assertThatThrownBy(() -> route.apply(Records.plain("{\"c\": null}")))
                .hasMessage("'x-{value.c}' cannot be filled in: the record lacks one of its facts");
        assertThat(configured(new RouteTopic<SinkRecord>(), "topic", "x-{value.c}", "clean", "true")
                        .apply(Records.plain("{\"c\": \"Åland Islands\"}"))
                        .topic())
                .isEqualTo("x-_land_Islands");
    }

    @Test
    void headersAreSetFromNestedFieldsAndReplaceFormerOnes() {
        SinkRecord record = Records.struct("{\"a\": {\"n\": 5, \"none\": null}}");
        record = record.newRecord(
                "t",
                0,
                null,
                null,
                record.valueSchema(),
                record.value(),
                1L,
                new ConnectHeaders().addString("n", "old"));
        SinkRecord made = configured(new SetHeaders<SinkRecord>(), "set.n", "{value.a.n}", "set.none", "{value.a.none}")
                .apply(record);
        assertThat(made.headers()).hasSize(1);
        assertThat(made.headers().lastWithName("n").value()).isEqualTo(5L);
        assertThat(record.headers().lastWithName("n").value()).isEqualTo("old");
    }

    @Test
    void aGuardFailsWhatIsNotAsItMustBe() {
        Transformation<SinkRecord> guard = configured(new Guard<>(), "required", "a.id", "max.bytes", "10");
        assertThat(guard.apply(Records.struct("{\"a\": {\"id\": 1}}"))).isNotNull();
        assertThat(guard.apply(Records.of(null, null))).isNotNull();
        assertThatThrownBy(() -> guard.apply(Records.struct("{\"a\": {\"id\": null}}")))
                .hasMessage("the record has no 'a.id', which is required");
        assertThatThrownBy(() -> guard.apply(Records.plain("{\"b\": 1}")))
                .hasMessage("the record has no 'a.id', which is required");
        assertThatThrownBy(() -> guard.apply(Records.struct("{\"a\": {\"id\": 1}, \"t\": \"åäö\"}")))
                .hasMessage("the record has 14 bytes, and 'max.bytes' allows 10");
        assertThatThrownBy(() -> configured(new Guard<SinkRecord>(), "key.required", "true")
                        .apply(Records.plain("{}")))
                .hasMessage("the record has no key");
    }

    @Test
    void aFieldMatchesByValuePatternOrAbsence() {
        String json = "{\"a\": {\"deleted\": true, \"n\": 1.50, \"none\": null}}";
        for (SinkRecord record : new SinkRecord[] {Records.plain(json), Records.struct(json)}) {
            assertThat(test(record, "field", "a.deleted", "equals", "true,1")).isTrue();
            assertThat(test(record, "field", "a.n", "equals", "1.50")).isTrue();
            assertThat(test(record, "field", "a.n", "pattern", "^1")).isTrue();
            assertThat(test(record, "field", "a.n", "pattern", "^2")).isFalse();
            assertThat(test(record, "field", "a.none", "missing", "true")).isTrue();
            assertThat(test(record, "field", "a.other", "missing", "true")).isTrue();
            assertThat(test(record, "field", "a.other", "equals", "x")).isFalse();
            assertThat(test(record, "field", "a.n", "missing", "true")).isFalse();
        }
        assertThatThrownBy(() -> test(Records.plain("{}"), "field", "a"))
                .hasMessage("Invalid value a for configuration field: write one of 'equals', 'pattern' and 'missing'");
    }

    private static boolean test(SinkRecord record, String... settings) {
        FieldMatches.Value<SinkRecord> predicate = new FieldMatches.Value<>();
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        predicate.configure(map);
        return predicate.test(record);
    }

    @Test
    void aRecordIsDeletedOnlyByItsKey() {
        MakeTombstone<SinkRecord> tombstone = new MakeTombstone<>();
        assertThatThrownBy(() -> tombstone.apply(Records.plain("{}")))
                .hasMessage("the record has no key, so nothing can be deleted; give it one with MakeKey");
        SinkRecord keyed = configured(new MakeKey<SinkRecord>(), "text", "k").apply(Records.plain("{\"a\": 1}"));
        assertThat(tombstone.apply(keyed).value()).isNull();
        assertThat(tombstone.apply(keyed).key()).isEqualTo("k");
    }
}
