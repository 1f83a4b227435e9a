package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.health.FailureBudgets.BudgetChange;
import io.usageflow.forwarder.delivery.health.FailureBudgets.StoredBudget;
import io.usageflow.forwarder.delivery.queue.Customer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/** The customers whose stored budget has changed, in order. Part of {@link FailureBudgets}; one thread. */
final class BudgetChanges {
    /** Maximum of changes in one transaction. */
    private static final int CHANGES_MAX = 1_000;

    /** The partitions to which a customer's changed record must be written. */
    private final Map<Customer, Set<TopicPartition>> behind = new LinkedHashMap<>();

    void add(Customer customer, Set<TopicPartition> partitions) {
        behind.put(customer, Set.copyOf(partitions));
    }

    void remove(Customer customer) {
        behind.remove(customer);
    }

    void revoked(Collection<TopicPartition> partitions) {
        behind.replaceAll((customer, where) -> {
            Set<TopicPartition> kept = new HashSet<>(where);
            kept.removeAll(partitions);
            return kept;
        });
        behind.values().removeIf(Set::isEmpty);
    }

    boolean isEmpty() {
        return behind.isEmpty();
    }

    /** Removes and returns the oldest changes, about {@value #CHANGES_MAX} at most, with the present content. */
    List<BudgetChange> take(Function<Customer, Optional<StoredBudget>> content) {
        List<BudgetChange> changes = new ArrayList<>();
        var left = behind.entrySet().iterator();
        while (left.hasNext() && changes.size() < CHANGES_MAX) {
            Map.Entry<Customer, Set<TopicPartition>> next = left.next();
            Optional<StoredBudget> remembered = content.apply(next.getKey());
            next.getValue().forEach(partition -> changes.add(new BudgetChange(next.getKey(), partition, remembered)));
            left.remove();
        }
        return changes;
    }

    void putBack(List<BudgetChange> failed) {
        failed.forEach(change -> {
            Set<TopicPartition> partitions = new HashSet<>(behind.getOrDefault(change.customer(), Set.of()));
            partitions.add(change.partition());
            behind.put(change.customer(), partitions);
        });
    }
}
