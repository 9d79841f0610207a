package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one contract. */
final class ContractReader {
    private static final List<String> FIELDS = List.of("key", "fields", "compatibility", "description");
    private static final List<String> FIELD_FIELDS = List.of("type", "tags", "description");

    private ContractReader() {}

    static Optional<ContractModel> read(YamlMap.Entry entry, Diagnostics diagnostics) {
        Optional<YamlMap> map = Fields.map(entry.key(), entry.value(), diagnostics);
        if (map.isEmpty()) {
            return Optional.empty();
        }
        Names.checkField(entry.key(), entry.keyPlace(), diagnostics);
        Fields fields = Fields.of(map.get(), entry.keyPlace(), "a contract", FIELDS, diagnostics);
        fields.require("fields");
        List<ContractModel.FieldModel> read = new ArrayList<>();
        for (YamlMap.Entry field : fields.map("fields").map(YamlMap::entries).orElse(List.of())) {
            Names.checkField(field.key(), field.keyPlace(), diagnostics);
            read.add(field(field, diagnostics));
        }
        return Optional.of(
                new ContractModel(entry.key(), entry.keyPlace(), SectionReader.located(fields.scalars("key")), read));
    }

    private static ContractModel.FieldModel field(YamlMap.Entry entry, Diagnostics diagnostics) {
        if (!(entry.value() instanceof YamlMap map)) {
            Optional<YamlScalar> type = Fields.scalar(entry.key(), entry.value(), diagnostics);
            return new ContractModel.FieldModel(entry.key(), entry.keyPlace(), type, List.of());
        }
        Fields fields = Fields.of(map, entry.keyPlace(), "a contract's field", FIELD_FIELDS, diagnostics);
        List<String> tags =
                fields.scalars("tags").stream().map(YamlScalar::text).toList();
        return new ContractModel.FieldModel(entry.key(), entry.keyPlace(), fields.requiredScalar("type"), tags);
    }
}
