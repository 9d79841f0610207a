package io.millrace.connectors.s3;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.StreamRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;

/** {@code type: s3-parquet} of a pipeline. */
public final class S3ParquetShorthand implements ConnectorShorthand {
    static final String TYPE = "s3-parquet";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Role role() {
        return Role.SINK;
    }

    @Override
    public String connectorClass() {
        return S3ParquetSinkConnector.class.getName();
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
        return List.of();
    }

    @Override
    public Map<String, String> connectorConfig(Section section) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("connector.class", connectorClass());
        // keys are canonical JSON text, and are wanted as that text: JsonConverter would lose the order of fields and
        // exact decimals
        config.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        config.put(Settings.PIPELINE.key(), section.pipeline());
        config.put(
                Settings.STREAMS.key(),
                section.inputs().stream()
                        .map(input -> new StreamRef(input.layer(), input.stream(), input.table()).entry(input.topic()))
                        .collect(Collectors.joining(",")));
        for (Setting setting : Settings.FIELDS) {
            section.field(setting.field()).ifPresent(text -> config.put(setting.key(), text));
        }
        return config;
    }

    @Override
    public List<Finding> preflight(Section section) {
        Optional<String> id = section.field(Settings.ACCESS_KEY_ID.field());
        Optional<String> secret = section.field(Settings.SECRET_ACCESS_KEY.field());
        if (id.isPresent() != secret.isPresent()) {
            String missing = (id.isPresent() ? Settings.SECRET_ACCESS_KEY : Settings.ACCESS_KEY_ID).field();
            return List.of(new Finding(
                    Finding.Fault.YOURS,
                    TYPE + ".credentials",
                    missing,
                    "Only one of 'access_key_id' and 'secret_access_key' is set.",
                    "Set '" + missing + "' too, or neither to use the AWS SDK's own chain."));
        }
        return BucketCheck.of(new S3ParquetSinkConfig.Location(
                Settings.bucketName(section.field(Settings.BUCKET.field()).orElseThrow()),
                section.field(Settings.REGION.field()),
                section.field(Settings.ENDPOINT.field()),
                id,
                secret.map(Password::new),
                section.field(Settings.PATH_STYLE.field()).map(Boolean::parseBoolean)));
    }
}
