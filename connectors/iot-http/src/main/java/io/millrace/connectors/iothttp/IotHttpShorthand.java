package io.millrace.connectors.iothttp;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.connectors.common.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/** {@code type: iot-http} of a pipeline. */
public final class IotHttpShorthand implements ConnectorShorthand {
    static final String TYPE = "iot-http";
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Role role() {
        return Role.SOURCE;
    }

    @Override
    public String connectorClass() {
        return IotHttpSourceConnector.class.getName();
    }

    @Override
    public ConfigDef fields() {
        return Settings.fields();
    }

    @Override
    public List<Finding> check(Section section) {
        List<Finding> findings = new ArrayList<>();
        for (Setting setting : Settings.FIELDS) {
            section.field(setting.field())
                    .flatMap(setting.check())
                    .ifPresent(trouble -> findings.add(new Finding(
                            Finding.Fault.YOURS,
                            TYPE + "." + setting.field().replaceAll("[._]", "-"),
                            setting.field(),
                            trouble.message(),
                            trouble.remedy())));
        }
        return findings;
    }

    @Override
    public List<RawStream> streams(Section section) {
        return List.of(new RawStream(section.name(), RawStream.Kind.EVENTS, RawStream.Format.BYTES));
    }

    @Override
    public Map<String, String> connectorConfig(Section section) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("connector.class", connectorClass());
        config.put("tasks.max", "1");
        config.put(Settings.TOPIC.key(), "raw." + section.pipeline() + "." + section.name());
        config.put("key.converter", BYTES);
        config.put("value.converter", BYTES);
        for (Setting setting : Settings.FIELDS) {
            section.field(setting.field()).ifPresent(text -> config.put(setting.key(), text));
        }
        return config;
    }

    @Override
    public List<Finding> preflight(Section section) {
        return new Preflight(section).find();
    }
}
