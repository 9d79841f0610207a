package io.millrace.broker.transaction;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.jspecify.annotations.Nullable;

/** DescribeTransactions and ListTransactions. */
final class Listing {
    private final StateStore store;
    private final Time time;

    Listing(StateStore store, Time time) {
        this.store = store;
        this.time = time;
    }

    DescribeTransactionsResponseData.TransactionState describe(String transactionalId) {
        var described = new DescribeTransactionsResponseData.TransactionState().setTransactionalId(transactionalId);
        if (transactionalId.isEmpty()) {
            return described.setErrorCode(Errors.INVALID_REQUEST.code());
        }
        try {
            Optional<Held> held = store.find(transactionalId);
            if (held.isEmpty()) {
                return described.setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
            }
            TransactionMetadata state = held.get().state();
            return state.inLock(() -> describe(state, described));
        } catch (ApiException e) {
            return described.setErrorCode(Errors.forException(e).code());
        }
    }

    private static DescribeTransactionsResponseData.TransactionState describe(
            TransactionMetadata state, DescribeTransactionsResponseData.TransactionState described) {
        for (TopicPartition partition : state.topicPartitions()) {
            TopicData topic = described.topics().find(partition.topic());
            if (topic == null) {
                topic = new TopicData().setTopic(partition.topic());
                described.topics().add(topic);
            }
            topic.partitions().add(partition.partition());
        }
        return described
                .setErrorCode(Errors.NONE.code())
                .setProducerId(state.producerId())
                .setProducerEpoch(state.producerEpoch())
                .setTransactionState(state.state().stateName())
                .setTransactionTimeoutMs(state.txnTimeoutMs())
                .setTransactionStartTimeMs(state.txnStartTimestamp());
    }

    ListTransactionsResponseData list(
            Set<Long> producerIds, Set<String> stateNames, long durationMillis, @Nullable String pattern) {
        ListTransactionsResponseData listed = new ListTransactionsResponseData();
        if (store.partitions().stream().anyMatch(StatePartition::loading)) {
            return listed.setErrorCode(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
        }
        Set<TransactionState> wanted = EnumSet.noneOf(TransactionState.class);
        for (String name : stateNames) {
            TransactionState.fromName(name).ifPresentOrElse(wanted::add, () -> listed.unknownStateFilters()
                    .add(name));
        }
        long now = time.milliseconds();
        Predicate<TransactionMetadata> filter = alive().and(
                        state -> producerIds.isEmpty() || producerIds.contains(state.producerId()))
                .and(state -> stateNames.isEmpty() || wanted.contains(state.state()))
                .and(state -> durationMillis < 0 || now - state.txnStartTimestamp() > durationMillis)
                .and(named(pattern));
        return listed.setErrorCode(Errors.NONE.code()).setTransactionStates(matching(filter));
    }

    private static Predicate<TransactionMetadata> alive() {
        return state -> state.state() != TransactionState.DEAD;
    }

    private static Predicate<TransactionMetadata> named(@Nullable String pattern) {
        if (pattern == null || pattern.isEmpty()) {
            return state -> true;
        }
        try {
            Pattern compiled = Pattern.compile(pattern);
            return state -> {
                Matcher matcher = compiled.matcher(state.transactionalId());
                return matcher.matches();
            };
        } catch (PatternSyntaxException e) {
            throw new InvalidRegularExpression(String.format(
                    "Transaction ID pattern `%s` is not a valid regular expression: %s.", pattern, e.getMessage()));
        }
    }

    private List<ListTransactionsResponseData.TransactionState> matching(Predicate<TransactionMetadata> filter) {
        List<ListTransactionsResponseData.TransactionState> states = new ArrayList<>();
        for (StatePartition home : store.partitions()) {
            for (TransactionMetadata state : home.states().values()) {
                state.inLock(() -> filter.test(state) && states.add(listed(state)));
            }
        }
        return states;
    }

    private static ListTransactionsResponseData.TransactionState listed(TransactionMetadata state) {
        return new ListTransactionsResponseData.TransactionState()
                .setTransactionalId(state.transactionalId())
                .setProducerId(state.producerId())
                .setTransactionState(state.state().stateName());
    }
}
