package io.millrace.pipeline.check;

import io.millrace.api.ConnectorShorthand;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceText;
import io.millrace.pipeline.step.Mask;
import io.millrace.pipeline.step.Secret;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The check of mask. */
final class MaskStep {
    private static final List<String> WORDS = List.of("redact", "sha256");
    private static final List<String> FIELDS = List.of("hmac", "keep_first", "keep_last", "truncate");
    private static final int MOST = 10_000;

    private MaskStep() {}

    static Optional<Step> check(Place place, YamlNode body, StepScope scope) {
        List<Mask.Field> masks = new ArrayList<>();
        int before = scope.diagnostics().errors();
        for (YamlMap.Entry entry : FieldSteps.entries("mask", body, scope.diagnostics())) {
            List<String> path = Paths.read(entry.key());
            scope.checkKeyKept(path.get(0), entry.keyPlace());
            Paths.check(path, entry.keyPlace(), scope).ifPresent(type -> checkType(entry, type, scope.diagnostics()));
            way(entry, scope).ifPresent(way -> masks.add(new Mask.Field(path, way)));
        }
        return scope.diagnostics().errors() > before ? Optional.empty() : Optional.of(new Mask(scope.step(), masks));
    }

    private static void checkType(YamlMap.Entry entry, DataType type, Diagnostics diagnostics) {
        if (type instanceof RowType || type instanceof MapType) {
            diagnostics.error(
                    "pipeline.type",
                    entry.keyPlace(),
                    "'" + entry.key() + "' is " + (type instanceof RowType ? "a row" : type.text())
                            + "; mask works on single values.",
                    "Mask its fields, <field>.<field>, or drop it.");
        }
    }

    private static Optional<Mask.Way> way(YamlMap.Entry entry, StepScope scope) {
        Diagnostics diagnostics = scope.diagnostics();
        if (!(entry.value() instanceof YamlMap map)) {
            return Fields.scalar(entry.key(), entry.value(), diagnostics).flatMap(text -> word(text, diagnostics));
        }
        Fields fields = Fields.of(map, entry.keyPlace(), "a way of mask", FIELDS, diagnostics);
        if (map.entries().size() != 1) {
            diagnostics.error(
                    "pipeline.bad-value",
                    map.place(),
                    "'" + entry.key() + "' needs one way to mask it, and has "
                            + map.entries().size() + ".",
                    "Ways: " + String.join(", ", FIELDS) + ".");
            return Optional.empty();
        }
        Optional<Mask.Way> hmac = fields.scalar("hmac").flatMap(text -> hmac(text, entry.key(), scope));
        return hmac.or(() -> fields.integer("keep_first", 1, MOST).map(Mask.KeepFirst::new))
                .or(() -> fields.integer("keep_last", 1, MOST).map(Mask.KeepLast::new))
                .or(() -> fields.integer("truncate", 1, MOST).map(Mask.Truncate::new));
    }

    private static Optional<Mask.Way> word(YamlScalar text, Diagnostics diagnostics) {
        switch (text.text()) {
            case "redact":
                return Optional.of(new Mask.Redact());
            case "sha256":
                return Optional.of(new Mask.Sha256());
            default:
                diagnostics.error(
                        "pipeline.bad-value",
                        text.place(),
                        "'" + text.text() + "' is not a way to mask.",
                        DidYouMean.hint(text.text(), WORDS)
                                + "Ways: redact, sha256, {hmac: \"${env:NAME}\"}, {keep_first: n}, {keep_last: n},"
                                + " {truncate: n}.");
                return Optional.empty();
        }
    }

    private static Optional<Mask.Way> hmac(YamlScalar text, String field, StepScope scope) {
        Reference.Site site =
                new Reference.Site(scope.stream(), ConnectorShorthand.Role.SOURCE, "mask", field + ".hmac");
        ReferenceText secret = ReferenceText.parse(text, site, scope.diagnostics());
        if (!ReferenceText.holdsReference(text.text())) {
            scope.diagnostics()
                    .error(
                            "pipeline.secret",
                            text.place(),
                            "The secret of 'hmac' stands in the file.",
                            "Write a reference: {hmac: \"${env:NAME}\"}.");
            return Optional.empty();
        }
        return Optional.of(new Mask.Hmac(Secret.of(text.place(), secret)));
    }
}
