package io.millrace.worker.task;

import io.millrace.worker.fault.PoisonHunt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The records that were read and that the task has not taken yet, in the order in which they came. Owned by the task thread. */
final class SinkBatch {

    /** A record and what is to become of it. */
    record Item(ConsumerRecord<byte[], byte[]> raw, Delivery delivery) {
        TopicPartition partition() {
            return new TopicPartition(raw.topic(), raw.partition());
        }

        PoisonHunt.Place place() {
            return new PoisonHunt.Place(partition(), raw.offset());
        }

        boolean isGiven() {
            return delivery instanceof Delivery.Give;
        }
    }

    private List<Item> items = new ArrayList<>();

    void add(Item item) {
        items.add(item);
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** All of them; what is taken later does not change it. */
    List<Item> all() {
        return new ArrayList<>(items);
    }

    /** The next records that have the same to happen to them while a bad one is looked for; of one partition, in order. */
    List<Item> nextPiece(PoisonHunt hunt) {
        Optional<TopicPartition> last = hunt.last();
        TopicPartition from = items.stream()
                .map(Item::partition)
                .filter(partition -> !partition.equals(last.orElse(null)))
                .findFirst()
                .orElseGet(() -> items.get(0).partition());
        List<Item> piece = new ArrayList<>();
        for (Item item : items) {
            if (!item.partition().equals(from)) {
                continue;
            }
            if (!piece.isEmpty() && !goTogether(piece, item, hunt)) {
                break;
            }
            piece.add(item);
        }
        return piece;
    }

    private static boolean goTogether(List<Item> piece, Item next, PoisonHunt hunt) {
        Item first = piece.get(0);
        if (first.isGiven() != next.isGiven()) {
            return false;
        }
        boolean suspect = hunt.isSuspect(first.place());
        return suspect == hunt.isSuspect(next.place()) && (!suspect || !next.isGiven() || piece.size() < hunt.piece());
    }

    /** The task has taken these. */
    void taken(List<Item> done) {
        if (done.size() == items.size()) {
            items = new ArrayList<>();
            return;
        }
        Set<Item> same = Collections.newSetFromMap(new IdentityHashMap<>());
        same.addAll(done);
        items.removeIf(same::contains);
    }

    /** They will come again, here or elsewhere. */
    void forget(Collection<TopicPartition> partitions) {
        items.removeIf(item -> partitions.contains(item.partition()));
    }

    void forgetAll() {
        items = new ArrayList<>();
    }
}
