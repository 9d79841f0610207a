package io.millrace.plugin.fusion;

import java.util.Date;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.InsertField;
import org.jspecify.annotations.Nullable;

/** Facts of the record, or a constant, as new fields at the end. */
final class InsertFieldStep implements FusedStep {
    private final Side side;
    private final AbstractConfig config;

    InsertFieldStep(Side side, Map<String, String> config) {
        this.side = side;
        this.config = new AbstractConfig(InsertField.CONFIG_DEF, config, false);
    }

    @Override
    public Set<Side> sides() {
        return Set.of(side);
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Content in = draft.content(side);
        Map<String, Expression> columns = in.copies(config.getBoolean("replace.null.with.default"));
        Content out = Content.original(side, side.schema(after));
        insert(columns, out, "topic.field", draft.topic());
        insert(columns, out, "partition.field", input -> input.record().kafkaPartition());
        insert(columns, out, "offset.field", new Expression.Refusing(InsertFieldStep::offset));
        insert(columns, out, "timestamp.field", InsertFieldStep::timestamp);
        String constant = config.getString("static.value");
        insert(columns, out, "static.field", input -> constant);
        draft.content(side, Content.struct(out.schema(), columns));
    }

    private void insert(Map<String, Expression> columns, Content out, String key, Expression value) {
        String name = config.getString(key);
        if (name != null) {
            Field field = out.field(withoutMark(name));
            columns.put(field.name(), value.asField(field.schema()));
        }
    }

    private static String withoutMark(String name) {
        return name.endsWith("?") || name.endsWith("!") ? name.substring(0, name.length() - 1) : name;
    }

    private static Object offset(Input input) {
        if (!(input.record() instanceof SinkRecord sink)) {
            throw NotFused.here();
        }
        return sink.kafkaOffset();
    }

    private static @Nullable Object timestamp(Input input) {
        Long timestamp = input.record().timestamp();
        return timestamp == null ? null : new Date(timestamp);
    }
}
