package io.millrace.layers.topology;

import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowKeys;
import io.millrace.layers.record.RowSerde;
import io.millrace.pipeline.step.Dedupe;
import io.millrace.pipeline.step.Lookup;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/** Draws what events need of a state: where they have to go for it, what happens there, and their own key again. Used for one stream. */
final class EventTopology {
    private final LayerTopology.Shared shared;
    private final StreamCounters counters;
    private final Serde<Carried> carried;

    EventTopology(LayerTopology.Shared shared, StreamCounters counters) {
        this.shared = shared;
        this.counters = counters;
        this.carried = CarriedSerde.of((RowSerde) shared.rows());
    }

    /** Gives each record the key that its row makes. The stream is not partitioned by it yet. */
    KStream<Bytes, Row> keyed(KStream<Bytes, Row> rows, RowKeys keys, String name) {
        return rows.selectKey((key, row) -> keys.of(row.value()), Named.as(name));
    }

    /** Brings records of one key together. */
    KStream<Bytes, Row> partitioned(KStream<Bytes, Row> rows, String name) {
        return rows.repartition(
                Repartitioned.<Bytes, Row>as(name).withKeySerde(Serdes.Bytes()).withValueSerde(shared.rows()));
    }

    /**
     * Drops what was seen.
     *
     * @param events with their identities
     * @param spread where events go, by fields that are part of the identity; empty to go by the identity itself
     * @param together whether events of one identity are in one task as they are
     * @param name of the step, with its stream
     */
    KStream<Bytes, Row> dedupe(
            KStream<Bytes, Carried> events, Dedupe dedupe, Optional<RowKeys> spread, boolean together, String name) {
        KStream<Bytes, Carried> met = events;
        if (!together) {
            met = events.selectKey((key, event) -> going(event, spread), Named.as(name + ".by"))
                    .repartition(repartitioned(name));
        }
        String store = name + ".seen";
        return met.process(
                supplier(
                        () -> new DedupeProcessor(dedupe, store, counters),
                        Set.of(DedupeProcessor.store(dedupe, store))),
                Named.as(name + ".first"));
    }

    private static Bytes going(Carried event, Optional<RowKeys> spread) {
        Bytes identity = Objects.requireNonNull(event.to());
        if (spread.isEmpty()) {
            return identity;
        }
        try {
            return spread.get().of(event.row().value());
        } catch (EvaluationException e) {
            // What cannot be in a key is a dead letter when the record gets it; equal events still meet.
            return identity;
        }
    }

    /** Brings each event to the table's row, and both to the event's own key. */
    KStream<Bytes, Joined> lookup(
            KStream<Bytes, Row> events, Lookup lookup, ForeignKey foreignKey, KTable<Bytes, Row> table, String name) {
        KStream<Bytes, Awaited.Event> met = events.map(
                        (key, row) -> going(foreignKey.orNull(key, row), key, row), Named.as(name + ".by"))
                .repartition(repartitioned(name))
                .leftJoin(
                        table,
                        Awaited.Event::new,
                        org.apache.kafka.streams.kstream.Joined.<Bytes, Carried, Row>as(name + ".meet")
                                .withKeySerde(Serdes.Bytes())
                                .withValueSerde(carried)
                                .withOtherValueSerde(shared.rows()));
        if (lookup.missing().patience().isEmpty()) {
            return met.map(
                    (key, event) -> KeyValue.pair(
                            event.carried().key(), new Joined(event.carried().row(), event.right())),
                    Named.as(name + ".joined"));
        }
        WaitProcessor.Place place = new WaitProcessor.Place(
                name + ".held", name + ".waiting", lookup.missing().patience().get());
        KStream<Bytes, Awaited> changes = table.toStream(Named.as(name + ".rows"))
                .mapValues(row -> new Awaited.Change(row), Named.as(name + ".changes"));
        return met.mapValues(event -> (Awaited) event, Named.as(name + ".events"))
                .merge(changes, Named.as(name + ".both"))
                .process(
                        supplier(() -> new WaitProcessor(place, carried, counters), place.stores()),
                        Named.as(name + ".joined"));
    }

    /** An event without a foreign key goes anywhere: no key of a table begins with a zero byte. */
    private static KeyValue<Bytes, Carried> going(@Nullable Bytes to, @Nullable Bytes key, Row row) {
        Carried event = new Carried(to, key, row);
        return KeyValue.pair(to == null ? nowhere(key, row) : to, event);
    }

    private static Bytes nowhere(@Nullable Bytes key, Row row) {
        byte[] own = key == null ? row.origin().getBytes(StandardCharsets.UTF_8) : key.get();
        byte[] bytes = new byte[own.length + 1];
        System.arraycopy(own, 0, bytes, 1, own.length);
        return Bytes.wrap(bytes);
    }

    private Repartitioned<Bytes, Carried> repartitioned(String name) {
        return Repartitioned.<Bytes, Carried>as(name)
                .withKeySerde(Serdes.Bytes())
                .withValueSerde(carried);
    }

    private static <V, T> ProcessorSupplier<Bytes, V, Bytes, T> supplier(
            Supplier<Processor<Bytes, V, Bytes, T>> processor, Set<StoreBuilder<?>> stores) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<Bytes, V, Bytes, T> get() {
                return processor.get();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return stores;
            }
        };
    }
}
