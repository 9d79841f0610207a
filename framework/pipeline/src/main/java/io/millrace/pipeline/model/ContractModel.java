package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.List;
import java.util.Optional;

/**
 * A contract: the fields of a stream and its key.
 *
 * @param key fields of the key, in order; empty where none is written
 */
public record ContractModel(String name, Place place, List<Located<String>> key, List<FieldModel> fields) {

    /**
     * A field of a contract.
     *
     * @param type as written, {@code !} for required included; empty where it cannot be read
     * @param tags for example {@code pii}
     */
    public record FieldModel(String name, Place place, Optional<YamlScalar> type, List<String> tags) {
        public FieldModel {
            tags = List.copyOf(tags);
        }
    }

    public ContractModel {
        key = List.copyOf(key);
        fields = List.copyOf(fields);
    }
}
