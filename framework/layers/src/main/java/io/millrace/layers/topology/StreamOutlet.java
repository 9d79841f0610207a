package io.millrace.layers.topology;

import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;

/** Where the dead letters of one stream leave it, and {@code stop_if} counts them. */
final class StreamOutlet {
    private final String deadLetterTopic;
    private final Optional<StreamBreaker> breaker;
    private final Optional<Remembering> remembering;

    /** Keeps the places of the dead letters of a table that reads a raw topic. */
    interface Remembering {
        <T> KStream<Bytes, Emission<T>> of(String name, KStream<Bytes, Emission<T>> emissions);
    }

    StreamOutlet(String deadLetterTopic, Optional<StreamBreaker> breaker, Optional<Remembering> remembering) {
        this.deadLetterTopic = deadLetterTopic;
        this.breaker = breaker;
        this.remembering = remembering;
    }

    /** As {@link #split}, for what can enter the stream again by its key. */
    <T> KStream<Bytes, T> splitKeyed(String name, KStream<Bytes, Emission<T>> emissions) {
        return split(name, remembering.isPresent() ? remembering.get().of(name, emissions) : emissions);
    }

    /** Sends dead letters to their topic, in the same transaction, and goes on with the changes. */
    <T> KStream<Bytes, T> split(String name, KStream<Bytes, Emission<T>> unwatched) {
        KStream<Bytes, Emission<T>> emissions = breaker.map(
                        watching -> unwatched.processValues(() -> watching.<T>processor(), Named.as(name + ".stop-if")))
                .orElse(unwatched);
        emissions
                .filter((key, emission) -> emission instanceof Emission.Dead, Named.as(name + ".dead"))
                .map((key, emission) -> ((Emission.Dead<T>) emission).record(), Named.as(name + ".dead-bytes"))
                .to(
                        deadLetterTopic,
                        Produced.with(Serdes.Bytes(), Serdes.ByteArray()).withName(name + ".deadletter"));
        return emissions
                .filter((key, emission) -> emission instanceof Emission.Change, Named.as(name + ".changes"))
                .mapValues(emission -> ((Emission.Change<T>) emission).value(), Named.as(name + ".values"));
    }
}
