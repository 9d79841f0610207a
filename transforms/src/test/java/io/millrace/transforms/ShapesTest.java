package io.millrace.transforms;

import static io.millrace.transforms.Records.configured;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Flatten;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;

/** Fields, Nest, Unflatten and SetFields: what becomes of structures. */
class ShapesTest {
    private static final Schema ADDRESS = SchemaBuilder.struct()
            .optional()
            .field("city", Schema.STRING_SCHEMA)
            .field("zip", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    private static final Schema PERSON = SchemaBuilder.struct()
            .name("Person")
            .field("id", Schema.INT32_SCHEMA)
            .field("address", ADDRESS)
            .build();

    @Test
    void aRequiredFieldMovedOutOfAStructureThatMayBeNullMayBeNull() {
        Transformation<SinkRecord> move = configured(new Fields.Value<>(), "move", "address.city:city");

        SinkRecord there = move.apply(Records.of(
                PERSON,
                new Struct(PERSON)
                        .put("id", 1)
                        .put("address", new Struct(ADDRESS).put("city", "Umeå").put("zip", "9"))));
        SinkRecord missing = move.apply(Records.of(PERSON, new Struct(PERSON).put("id", 2)));

        assertThat(Records.json(there))
                .isEqualTo(Records.tree("{\"id\": 1, \"address\": {\"zip\": \"9\"}, \"city\": \"Umeå\"}"));
        assertThat(Records.json(missing)).isEqualTo(Records.tree("{\"id\": 2, \"address\": null, \"city\": null}"));
        assertThat(missing.valueSchema().field("city").schema()).isEqualTo(Schema.OPTIONAL_STRING_SCHEMA);
        assertThat(missing.valueSchema().name()).isEqualTo("Person");
        ((Struct) missing.value()).validate();
    }

    @Test
    void keepLeavesNestedFieldsOnly() {
        Transformation<SinkRecord> keep = configured(new Fields.Value<>(), "keep", "address.zip");

        SinkRecord kept = keep.apply(Records.of(
                PERSON,
                new Struct(PERSON)
                        .put("id", 1)
                        .put("address", new Struct(ADDRESS).put("city", "Umeå").put("zip", "9"))));

        assertThat(Records.json(kept)).isEqualTo(Records.tree("{\"address\": {\"zip\": \"9\"}}"));
    }

    @Test
    void namesAreWrittenAsTold() {
        String before = "{\"orderId\": 1, \"HTTPCode\": 2, \"plain\": 3}";
        assertThat(Records.json(configured(new Fields.Value<SinkRecord>(), "case", "snake")
                        .apply(Records.struct(before))))
                .isEqualTo(Records.tree("{\"order_id\": 1, \"http_code\": 2, \"plain\": 3}"));
        assertThat(Records.json(configured(new Fields.Value<SinkRecord>(), "case", "camel")
                        .apply(Records.plain("{\"order_id\": 1, \"_x\": 2}"))))
                .isEqualTo(Records.tree("{\"orderId\": 1, \"x\": 2}"));
        assertThat(Records.json(configured(new Fields.Value<SinkRecord>(), "pattern", "^(\\w)", "replacement", "f_$1")
                        .apply(Records.plain("{\"a\": 1, \"b\": 2}"))))
                .isEqualTo(Records.tree("{\"f_a\": 1, \"f_b\": 2}"));
    }

    @Test
    void whatStandsInTheWayIsTold() {
        Transformation<SinkRecord> move = configured(new Fields.Value<>(), "move", "a:b");
        assertThatThrownBy(() -> move.apply(Records.plain("{\"a\": 1, \"b\": 2}")))
                .isInstanceOf(DataException.class)
                .hasMessage("there is a field 'b' already");
        assertThatThrownBy(() -> configured(new Fields.Value<SinkRecord>(), "drop", "a..b"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("Invalid value a..b for configuration drop: path 'a..b' has an empty name");
        assertThatThrownBy(() -> configured(new Fields.Value<SinkRecord>(), "drop", "a[].b"))
                .hasMessage(
                        "Invalid value a[].b for configuration drop: fields of a list's elements cannot be named here");
    }

    @Test
    void factsKeepTheirTypes() {
        Transformation<SinkRecord> set = configured(
                new SetFields.Value<>(),
                "set.meta.partition",
                "{partition}",
                "set.meta.offset",
                "{offset}",
                "set.meta.day",
                "{time:yyyy-MM-dd}",
                "set.id",
                "{value.id}-{topic}");

        SinkRecord made = set.apply(Records.struct("{\"id\": 5}"));

        assertThat(Records.json(made))
                .isEqualTo(Records.tree(
                        "{\"id\": \"5-t\", \"meta\": {\"day\": \"2001-09-09\", \"offset\": 17, \"partition\": 2}}"));
        Schema meta = made.valueSchema().field("meta").schema();
        assertThat(meta.field("partition").schema()).isEqualTo(Schema.OPTIONAL_INT32_SCHEMA);
        assertThat(meta.field("offset").schema()).isEqualTo(Schema.OPTIONAL_INT64_SCHEMA);
        ((Struct) made.value()).validate();
    }

    @Test
    void aTemplateThatSaysNothingKnownIsRefused() {
        assertThatThrownBy(() -> configured(new SetFields.Value<SinkRecord>(), "set.a", "{topik}"))
                .hasMessage(
                        "Invalid value {topik} for configuration set.a: '{topik}' is no fact of a record; there are {topic},"
                                + " {partition}, {offset}, {timestamp}, {time:<pattern>}, {key.<field>}, {value.<field>},"
                                + " {header.<name>} and {uuid}");
        assertThatThrownBy(() -> configured(new SetFields.Value<SinkRecord>()))
                .hasMessage("no field is set: write 'set.<field>' with its value");
    }

    @Test
    void unflattenUndoesFlattenAndBothWaysOfWritingARecordAgree() {
        Transformation<SinkRecord> flatten = configured(new Flatten.Value<>(), "delimiter", "~");
        Transformation<SinkRecord> unflatten = configured(new Unflatten.Value<>(), "delimiter", "~");
        Transformation<SinkRecord> nest = configured(new Nest.Value<>(), "into", "all.of_it");
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            String json = object(random, 0).toString();
            SinkRecord struct = Records.struct(json);

            SinkRecord back = unflatten.apply(flatten.apply(struct));
            assertThat(Records.json(back)).isEqualTo(Records.tree(json));
            ((Struct) back.value()).validate();

            SinkRecord nested = nest.apply(struct);
            assertThat(Records.json(nested).at("/all/of_it")).isEqualTo(Records.tree(json));
            assertThat(Records.json(nest.apply(Records.plain(json)))).isEqualTo(Records.json(nested));
            ((Struct) nested.value()).validate();
        }
    }

    @Test
    void anyMixOfChangesGivesTheSameWithSchemaAndWithout() {
        Random random = new Random(12);
        for (int i = 0; i < 300; i++) {
            String json = object(random, 0).toString();
            List<String> places = new ArrayList<>();
            places("", Records.tree(json), places);
            String dropped = places.get(random.nextInt(places.size()));
            String copied = places.get(random.nextInt(places.size()));
            Transformation<SinkRecord> change =
                    configured(new Fields.Value<>(), "copy", copied + ":copied.here", "drop", dropped);

            SinkRecord struct = change.apply(Records.struct(json));

            assertThat(Records.json(change.apply(Records.plain(json))))
                    .as("%s without %s and with a copy of %s", json, dropped, copied)
                    .isEqualTo(Records.json(struct));
            ((Struct) struct.value()).validate();
        }
    }

    @Test
    void tombstonesPass() {
        SinkRecord tombstone = Records.of(null, null);
        assertThat(configured(new Fields.Value<SinkRecord>(), "drop", "a").apply(tombstone))
                .isSameAs(tombstone);
        assertThat(configured(new SetFields.Value<SinkRecord>(), "set.a", "b").apply(tombstone))
                .isSameAs(tombstone);
    }

    private static void places(String above, com.fasterxml.jackson.databind.JsonNode node, List<String> places) {
        node.fields().forEachRemaining(field -> {
            String place = above + (above.isEmpty() ? "" : ".") + field.getKey();
            places.add(place);
            places(place, field.getValue(), places);
        });
    }

    /** Structures of texts and numbers, never empty ones: those have no field to flatten to. */
    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        int fields = 1 + random.nextInt(4);
        for (int i = 0; i < fields; i++) {
            String name = "f" + depth + i;
            switch (random.nextInt(depth < 3 ? 3 : 2)) {
                case 0 -> object.put(name, random.nextInt());
                case 1 -> object.put(name, "t" + random.nextInt());
                default -> object.set(name, object(random, depth + 1));
            }
        }
        return object;
    }
}
