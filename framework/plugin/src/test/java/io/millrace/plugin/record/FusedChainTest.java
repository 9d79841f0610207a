package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.plugin.fusion.Fusion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Cast;
import org.apache.kafka.connect.transforms.HoistField;
import org.apache.kafka.connect.transforms.InsertField;
import org.apache.kafka.connect.transforms.MaskField;
import org.apache.kafka.connect.transforms.ReplaceField;
import org.apache.kafka.connect.transforms.SetSchemaMetadata;
import org.junit.jupiter.api.Test;

class FusedChainTest {
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT32_SCHEMA)
            .field("name", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    private static final RandomChain.Description INSERT = new RandomChain.Description(
            InsertField.Value.class, Map.of("static.field", "shop", "static.value", "northwind"));
    private static final RandomChain.Description MASK =
            new RandomChain.Description(MaskField.Value.class, Map.of("fields", "id"));
    private static final RandomChain.Description RENAME =
            new RandomChain.Description(ReplaceField.Value.class, Map.of("exclude", "id", "renames", "name:title"));
    private static final RandomChain.Description NAME =
            new RandomChain.Description(SetSchemaMetadata.Value.class, Map.of("schema.name", "acme.Row"));
    private static final RandomChain.Description CAST =
            new RandomChain.Description(Cast.Value.class, Map.of("spec", "name:int32"));
    private static final RandomChain.Description HOIST =
            new RandomChain.Description(HoistField.Value.class, Map.of("field", "row"));
    private static final RandomChain.Description DROP_ALL =
            new RandomChain.Description(ReplaceField.Value.class, Map.of("exclude", "row"));

    @Test
    void doesAllStepsInOnePass() {
        Fusion<SourceRecord> fusion = fusion(INSERT, MASK, RENAME, NAME);

        SourceRecord first = fusion.apply(record(row(1, "Chai")));
        SourceRecord second = fusion.apply(record(row(2, "Chang")));

        assertThat(((Struct) second.value()).getString("title")).isEqualTo("Chang");
        assertThat(((Struct) second.value()).getString("shop")).isEqualTo("northwind");
        assertThat(second.valueSchema().name()).isEqualTo("acme.Row");
        // Apache's SetSchemaMetadata makes one for each record, and every converter then has to look it up by all of
        // its fields.
        assertThat(second.valueSchema()).isSameAs(first.valueSchema());
    }

    @Test
    void namesTheStepThatFailedInTheMiddleOfAPass() {
        TransformChain<SourceRecord> chain = chain(INSERT, CAST, MASK);
        assertThat(chain.apply(record(row(1, "42"))).valueSchema().field("name").schema())
                .isEqualTo(Schema.OPTIONAL_INT32_SCHEMA);

        TransformFailure failure =
                catchThrowableOfType(TransformFailure.class, () -> chain.apply(record(row(2, "Chai"))));

        assertThat(failure.alias()).isEqualTo("t1");
        assertThat(failure.className()).isEqualTo(Cast.Value.class.getName());
        assertThat(failure.getCause()).isInstanceOf(DataException.class).hasMessageContaining("out of range");
        assertThat(((Struct) chain.apply(record(row(3, "43"))).value()).getInt32("name"))
                .isEqualTo(43);
    }

    @Test
    void failsForAFieldThatIsLeftOutInTheEnd() {
        TransformChain<SourceRecord> chain =
                chain(CAST, new RandomChain.Description(ReplaceField.Value.class, Map.of("exclude", "name")));
        chain.apply(record(row(1, "42")));

        TransformFailure failure =
                catchThrowableOfType(TransformFailure.class, () -> chain.apply(record(row(2, "Chai"))));

        assertThat(failure.alias()).isEqualTo("t0");
    }

    @Test
    void failsForAStructThatLacksAFieldAndIsLeftOutInTheEnd() {
        TransformChain<SourceRecord> chain = chain(HOIST, DROP_ALL);
        chain.apply(record(row(1, "Chai")));

        TransformFailure failure = catchThrowableOfType(
                TransformFailure.class, () -> chain.apply(record(new Struct(ROW).put("name", "Chai"))));

        assertThat(failure.alias()).isEqualTo("t0");
        assertThat(failure.getCause())
                .hasMessage("Invalid value: null used for required field: \"id\", schema type: INT32");
    }

    @Test
    void givesUpRecordsThatAreNoStructs() {
        Fusion<SourceRecord> fusion = fusion(INSERT, RENAME);
        fusion.apply(record(row(1, "Chai")));
        SourceRecord tombstone = new SourceRecord(Map.of(), Map.of(), "orders", ROW, null);
        SourceRecord schemaless = new SourceRecord(Map.of(), Map.of(), "orders", null, Map.of("name", "Chai"));

        assertThat(fusion.apply(tombstone)).isNull();
        assertThat(fusion.apply(schemaless)).isNull();
        assertThat(chain(INSERT, RENAME).apply(tombstone)).isSameAs(tombstone);
        assertThat(chain(INSERT, RENAME).apply(schemaless).value())
                .isEqualTo(Map.of("title", "Chai", "shop", "northwind"));
    }

    @Test
    void knowsASchemaAgainThatIsMadeAnewForEachRecord() {
        Fusion<SourceRecord> fusion = fusion(INSERT, RENAME);
        Schema again = SchemaBuilder.struct()
                .field("id", Schema.INT32_SCHEMA)
                .field("name", Schema.OPTIONAL_STRING_SCHEMA)
                .build();

        SourceRecord first = fusion.apply(record(row(1, "Chai")));
        SourceRecord second = fusion.apply(record(new Struct(again).put("id", 2)));

        assertThat(second.valueSchema()).isSameAs(first.valueSchema());
    }

    private static Struct row(int id, String name) {
        return new Struct(ROW).put("id", id).put("name", name);
    }

    private static SourceRecord record(Struct value) {
        return new SourceRecord(Map.of(), Map.of(), "orders", value.schema(), value);
    }

    private static List<TransformChain.Step<SourceRecord>> steps(RandomChain.Description... described) {
        List<TransformChain.Step<SourceRecord>> steps = new ArrayList<>();
        for (RandomChain.Description one : described) {
            steps.add(one.step("t" + steps.size()));
        }
        return steps;
    }

    private static TransformChain<SourceRecord> chain(RandomChain.Description... described) {
        return new TransformChain<>(steps(described), RecordPath.COMPILED);
    }

    private static Fusion<SourceRecord> fusion(RandomChain.Description... described) {
        Fusion<SourceRecord> fusion = RecordPath.COMPILED.fuse(steps(described)).get(0);
        assertThat(fusion.length()).isEqualTo(described.length);
        return fusion;
    }
}
