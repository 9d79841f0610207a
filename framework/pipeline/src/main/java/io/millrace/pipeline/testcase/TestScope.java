package io.millrace.pipeline.testcase;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the readers of a pipeline's tests share. */
record TestScope(Map<String, RawStreamPlan> raw, Map<String, StreamPlan> streams, Diagnostics diagnostics) {

    static TestScope of(List<RawStreamPlan> raw, List<StreamPlan> streams, Diagnostics diagnostics) {
        Map<String, RawStreamPlan> rawByName = new LinkedHashMap<>();
        raw.forEach(stream -> rawByName.put(stream.name().toString(), stream));
        Map<String, StreamPlan> streamsByName = new LinkedHashMap<>();
        streams.forEach(stream -> streamsByName.put(stream.name().toString(), stream));
        return new TestScope(rawByName, streamsByName, diagnostics);
    }

    /** A stream of the layers; tells where it is none. */
    Optional<StreamPlan> stream(String name, Place place, Collection<String> words) {
        StreamPlan found = streams.get(name);
        if (found != null) {
            return Optional.of(found);
        }
        if (raw.containsKey(name)) {
            diagnostics.error(
                    "test.raw-stream",
                    place,
                    "'" + name + "' is what a source makes, and no source runs in a test.",
                    "Expect something of a stream of the layers: " + String.join(", ", streams.keySet()) + ".");
            return Optional.empty();
        }
        unknown(name, place, streams.keySet(), words);
        return Optional.empty();
    }

    /** Tells that a name is neither a stream nor a word. */
    void unknown(String name, Place place, Collection<String> names, Collection<String> words) {
        List<String> known = new ArrayList<>(names);
        known.addAll(words);
        diagnostics.error(
                "test.unknown-stream",
                place,
                "'" + name + "' is not a stream of this pipeline.",
                DidYouMean.hint(name, known) + "Streams: " + String.join(", ", names) + "."
                        + (words.isEmpty() ? "" : " Also: " + String.join(", ", words) + "."));
    }
}
