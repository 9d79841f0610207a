package io.millrace.pipeline.check;

import io.millrace.api.RawStream;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.model.StepModel;
import io.millrace.pipeline.model.StreamModel;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.KeyBy;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.step.Route;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.ToTable;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Checks one stream whose input is known: its steps in turn, its key, and its contract. */
final class StreamCheck {
    private final String pipeline;
    private final StreamModel model;
    private final StreamFacts input;
    private final Optional<Contract> contract;
    private final Function<String, Optional<StreamFacts>> streams;
    private final Expressions expressions;
    private final Diagnostics diagnostics;

    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Integer> named = new HashMap<>();
    private RowType row;
    private List<String> key;
    private RowType keyType;
    private StreamFacts.Content content;
    private RawStream.Kind kind;
    private boolean keyIsMade;
    private boolean complete = true;

    StreamCheck(
            String pipeline,
            StreamModel model,
            StreamFacts input,
            Optional<Contract> contract,
            Function<String, Optional<StreamFacts>> streams,
            Expressions expressions,
            Diagnostics diagnostics) {
        this.pipeline = pipeline;
        this.model = model;
        this.input = input;
        this.contract = contract;
        this.streams = streams;
        this.expressions = expressions;
        this.diagnostics = diagnostics;
        this.row = input.type();
        this.key = input.key();
        this.keyType = input.keyType();
        this.content = input.content();
        this.kind = input.kind();
    }

    /** A stream and what others may know of it. */
    record Result(StreamPlan plan, StreamFacts facts) {}

    Result check() {
        boolean aggregates = model.steps().stream().anyMatch(step -> step.word().equals("aggregate"));
        boolean events = input.kind() == RawStream.Kind.EVENTS;
        if (key.isEmpty() && !aggregates && !events && contract.isPresent()) {
            key = contract.get().key();
            keyType = contract.get().keyType();
            keyIsMade = input.name().isRaw()
                    && (content == StreamFacts.Content.ENVELOPES || content == StreamFacts.Content.ANY)
                    && !model.steps().isEmpty()
                    && model.steps().get(0).word().equals("unwrap");
        }
        if (content == StreamFacts.Content.BYTES && !parsesFirst()) {
            diagnostics.error(
                    "pipeline.not-parsed",
                    model.from().place(),
                    "'" + model.from().value() + "' holds bytes, and " + model.fullName()
                            + " does not parse them first.",
                    "Start its steps with 'parse', or let a sink read '"
                            + model.from().value() + "' as it is.");
            complete = false;
        }
        List<Optional<Set<String>>> known = KnownFields.before(model.steps(), contract);
        for (int i = 0; i < model.steps().size(); i++) {
            step(
                    model.steps().get(i),
                    known.get(i),
                    model.steps().subList(i + 1, model.steps().size()));
        }
        if (content == StreamFacts.Content.ENVELOPES && complete) {
            diagnostics.warning(
                    "pipeline.not-unwrapped",
                    model.place(),
                    model.fullName() + " passes Debezium's change events on as they are.",
                    "Start its steps with 'unwrap: debezium' to have rows.");
        }
        model.contract().ifPresent(place -> contract.ifPresent(it -> contract(it, place.place())));
        contract.filter(it -> events && !aggregates).ifPresent(this::keyEvents);
        RowType type = contract.map(Contract::row).orElse(row);
        StreamName name = new StreamName(model.layer(), model.name());
        StreamFacts facts = new StreamFacts(
                name,
                kind,
                key,
                contract.filter(it -> it.key().equals(key))
                        .map(Contract::keyType)
                        .orElse(keyType),
                type,
                complete || contract.isPresent() ? content : StreamFacts.Content.UNKNOWN);
        return new Result(
                new StreamPlan(
                        name,
                        name.topic(pipeline),
                        kind,
                        input.name(),
                        key,
                        steps,
                        contract.map(Contract::row),
                        type,
                        model.fromBranch()),
                facts);
    }

    /** Whether the bytes of a stream meet {@code parse} before any step that needs a row. */
    private boolean parsesFirst() {
        return model.steps().stream()
                .map(StepModel::word)
                .filter(word -> !word.equals("smt"))
                .findFirst()
                .filter("parse"::equals)
                .isPresent();
    }

    private void step(StepModel step, Optional<Set<String>> names, List<StepModel> after) {
        row = KnownFields.close(row, names);
        afterRoute(step);
        int number = named.merge(step.word(), 1, Integer::sum);
        String name = number == 1 ? step.word() : step.word() + "-" + number;
        int before = diagnostics.errors();
        Optional<Step> checked = StepChecks.check(step, scope(name, row, diagnostics));
        if (diagnostics.errors() == before
                && (step.word().equals("validate") || step.word().equals("filter"))) {
            checkAgainstContract(step, name, after);
        }
        boolean told = diagnostics.errors() > before;
        complete &= checked.isPresent() && !told;
        // What a step with a problem makes is not known: what comes after must not complain of that.
        row = checked.filter(it -> !told).map(it -> it.outputType(row)).orElse(RowType.ANY);
        checked.ifPresent(it -> passed(it, after));
        if (step.word().equals("aggregate")) {
            kind = RawStream.Kind.TABLE;
        }
    }

    private StepScope scope(String step, RowType entering, Diagnostics told) {
        return new StepScope(
                model.fullName(), step, kind, entering, key, keyType, keyIsMade, content, streams, expressions, told);
    }

    /** Rules over fields that are not typed yet, held against the types that these must have in the end. */
    private void checkAgainstContract(StepModel step, String name, List<StepModel> after) {
        RowType narrowed = ContractTypes.narrowed(row, after, contract);
        if (!narrowed.equals(row)) {
            Diagnostics twice = new Diagnostics();
            StepChecks.check(step, scope(name, narrowed, twice));
            if (twice.hasErrors()) {
                StepChecks.check(step, scope(name, narrowed, diagnostics));
            }
        }
    }

    /** A route says where a record goes: nothing may change it after that. */
    private void afterRoute(StepModel step) {
        if (steps.stream().anyMatch(Route.class::isInstance)) {
            diagnostics.error(
                    "pipeline.route-last",
                    step.place(),
                    "'" + step.word() + "' of " + model.fullName() + " comes after 'route', which is the last step.",
                    "Put it before 'route', or into a stream that reads a branch.");
        }
    }

    private void passed(Step step, List<StepModel> after) {
        steps.add(step instanceof Parse parse ? parse.withExact(ExactFractions.of(parse, after, contract)) : step);
        switch (step.kind()) {
            case UNWRAP -> content = content == StreamFacts.Content.UNKNOWN ? content : StreamFacts.Content.ROWS;
            case AGGREGATE -> {
                key = ((Aggregate) step).key();
                keyType = Contract.keyType(key, row);
                content = content == StreamFacts.Content.UNKNOWN ? content : StreamFacts.Content.ROWS;
            }
            case SMT -> content = content == StreamFacts.Content.ENVELOPES ? StreamFacts.Content.ANY : content;
            case PARSE -> content = content == StreamFacts.Content.UNKNOWN ? content : StreamFacts.Content.ROWS;
            case RENAME,
                    KEEP,
                    DROP,
                    SET,
                    CAST,
                    STANDARDISE,
                    VALIDATE,
                    FILTER,
                    LOOKUP,
                    MASK,
                    FLATTEN,
                    EXPLODE,
                    ROUTE,
                    DEDUPE -> {}
            case KEY -> keyed((KeyBy) step);
            case TABLE -> {
                keyed(((ToTable) step).key());
                kind = RawStream.Kind.TABLE;
            }
        }
    }

    private void keyed(KeyBy by) {
        key = by.fields();
        keyType = by.keyType();
    }

    /** Events get the key of their contract; the key of a table of events is typed by it. */
    private void keyEvents(Contract it) {
        if (it.key().isEmpty() || it.keyIsWrong()) {
            return;
        }
        int last = steps.size() - 1;
        if (kind == RawStream.Kind.EVENTS) {
            int number = named.merge("key", 1, Integer::sum);
            KeyBy by = new KeyBy(number == 1 ? "key" : "key-" + number, it.key(), it.keyType());
            steps.add(by);
            keyed(by);
        } else if (it.key().equals(key) && last >= 0 && steps.get(last) instanceof ToTable table) {
            KeyBy by = new KeyBy(table.key().name(), key, it.keyType());
            steps.set(last, new ToTable(table.name(), by));
            keyed(by);
        }
    }

    private void contract(Contract it, Place place) {
        if (kind == RawStream.Kind.TABLE) {
            tableKey(it, place);
        }
        if (row.open() || !complete) {
            return;
        }
        for (RowType.Field field : it.row().fields()) {
            Optional<RowType.Field> made = row.field(field.name());
            if (made.isEmpty() && field.required()) {
                diagnostics.error(
                        "pipeline.contract",
                        place,
                        model.fullName() + " does not make '" + field.name() + "', which contract '" + it.name()
                                + "' requires.",
                        "Make it with 'set', keep it, or take it out of the contract.");
            }
            made.filter(actual -> !fits(actual.type(), field.type()))
                    .ifPresent(actual -> diagnostics.error(
                            "pipeline.contract",
                            place,
                            "'" + field.name() + "' of " + model.fullName() + " is "
                                    + actual.type().text() + ", and in contract '" + it.name() + "' "
                                    + field.type().text() + ".",
                            "Add 'cast: {" + field.name() + ": " + field.type().text()
                                    + "}', or change the contract."));
        }
        List<String> extra = row.names().stream()
                .filter(name -> it.row().field(name).isEmpty())
                .toList();
        if (!extra.isEmpty()) {
            diagnostics.error(
                    "pipeline.contract",
                    place,
                    model.fullName() + " makes [" + String.join(", ", extra) + "], which contract '" + it.name()
                            + "' does not have.",
                    "Drop what is too much, or add it to the contract.");
        }
    }

    private void tableKey(Contract it, Place place) {
        if (it.keyIsWrong() || input.content() == StreamFacts.Content.UNKNOWN) {
            return;
        }
        if (it.key().isEmpty()) {
            diagnostics.error(
                    "pipeline.key-missing",
                    place,
                    "Contract '" + it.name() + "' has no key, and " + model.fullName() + " is a table.",
                    "Add 'key: <field>' or 'key: [<field>, <field>]' to the contract.");
        } else if (!key.isEmpty() && !key.equals(it.key())) {
            diagnostics.error(
                    "pipeline.key-table",
                    place,
                    model.fullName() + " has the key [" + String.join(", ", key) + "], and contract '" + it.name()
                            + "' [" + String.join(", ", it.key())
                            + "]: the key of a table says which row a record is.",
                    "Use the fields of the key, in their order; or aggregate by the other key.");
        }
    }

    /** Whether each value of a type is one of the contract's type too, or the record decides. */
    private static boolean fits(DataType actual, DataType expected) {
        if (actual == ScalarType.UNKNOWN || expected == ScalarType.UNKNOWN || actual.equals(expected)) {
            return true;
        }
        if (actual instanceof DecimalType a && expected instanceof DecimalType e) {
            return a.scale() == e.scale();
        }
        return (actual == ScalarType.INT32 && expected == ScalarType.INT64)
                || (actual == ScalarType.FLOAT && expected == ScalarType.DOUBLE);
    }
}
