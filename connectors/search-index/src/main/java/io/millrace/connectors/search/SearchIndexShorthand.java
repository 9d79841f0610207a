package io.millrace.connectors.search;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;

/** {@code type: search-index} of a pipeline. */
public final class SearchIndexShorthand implements ConnectorShorthand {
    static final String TYPE = "search-index";

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
        return SearchIndexSinkConnector.class.getName();
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
                    .ifPresent(trouble -> findings.add(yours(setting.field(), trouble)));
        }
        sharedIndexTrouble(section).ifPresent(trouble -> findings.add(yours(Settings.INDEX.field(), trouble)));
        return findings;
    }

    /** The offsets of two topics cannot be compared, so the later of two writes of one document could not be told. */
    private static Optional<Trouble> sharedIndexTrouble(Section section) {
        String index = section.field(Settings.INDEX.field()).orElse("{stream}");
        String id = section.field(Settings.ID.field()).orElse("key");
        if (id.equals("origin") || section.inputs().size() < 2) {
            return Optional.empty();
        }
        IndexName name = new IndexName(index, section.pipeline());
        Map<String, List<Section.InputStream>> byIndex = section.inputs().stream()
                .collect(Collectors.groupingBy(
                        input -> name.of(new StreamRef(input.layer(), input.stream(), input.table()), input.topic()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return byIndex.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .findFirst()
                .map(
                        entry -> new Trouble(
                                "The streams "
                                        + entry.getValue().stream()
                                                .map(input -> input.layer() + "." + input.stream())
                                                .toList()
                                        + " would overwrite each other's documents in index '" + entry.getKey() + "'.",
                                "Write 'index: \"{layer}-{stream}\"' for an index of each, or 'id: origin' if they are events."));
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
        Optional<Trouble> credentials = SearchIndexSinkConfig.credentialsTrouble(
                section.field(Settings.USER.field()).isPresent(),
                section.field(Settings.PASSWORD.field()).isPresent(),
                section.field(Settings.API_KEY.field()).isPresent());
        if (credentials.isPresent()) {
            return List.of(new Finding(
                    Finding.Fault.YOURS,
                    TYPE + ".credentials",
                    Settings.USER.field(),
                    credentials.get().message(),
                    credentials.get().remedy()));
        }
        return ServerCheck.of(SearchIndexSinkConfig.of(connectorConfig(section)).server());
    }

    private static Finding yours(String field, Trouble trouble) {
        return new Finding(
                Finding.Fault.YOURS,
                TYPE + "." + field.replaceAll("[._]", "-"),
                field,
                trouble.message(),
                trouble.remedy());
    }
}
