package io.millrace.plugin.fusion;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.header.Headers;

/** A plan in the making: what a record is behind the transforms looked at so far. */
final class Draft {
    private final Map<Side, Content> contents = new EnumMap<>(Side.class);
    private final List<Expression> checks = new ArrayList<>();
    private final List<Consumer<Headers>> headers = new ArrayList<>();
    private Expression topic = input -> input.record().topic();

    Draft(ConnectRecord<?> sample) {
        for (Side side : Side.values()) {
            contents.put(side, Content.original(side, side.schema(sample)));
        }
    }

    Content content(Side side) {
        Content content = contents.get(side);
        if (content == null) {
            throw NotFused.here();
        }
        return content;
    }

    void content(Side side, Content content) {
        contents.put(side, content);
    }

    Expression topic() {
        return topic;
    }

    void topic(Expression expression) {
        topic = expression;
    }

    /** @param change of the headers that the record goes out with, which are its own copy */
    void headers(Consumer<Headers> change) {
        headers.add(change);
    }

    List<Consumer<Headers>> headers() {
        return headers;
    }

    /** Its value goes nowhere, but a transform made it, and might have failed. */
    void drop(Expression expression) {
        if (expression.mayRefuse()) {
            checks.add(expression);
        }
    }

    List<Expression> checks() {
        return checks;
    }
}
