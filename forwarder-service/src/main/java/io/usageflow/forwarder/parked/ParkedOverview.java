package io.usageflow.forwarder.parked;

import io.usageflow.forwarder.parked.InstanceAnswer.Answered;
import io.usageflow.forwarder.parked.InstanceAnswer.Unreachable;
import io.usageflow.forwarder.parked.ParkedDocument.Account;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The replies of all instances that were asked. Immutable.
 *
 * @param answered instances that answered
 * @param unreachable instances that did not
 * @param accounts the longest waiting first, of all that answered
 * @param unanswered partitions that no instance answered for; empty where none answered, since the number of partitions
 *     is then unknown
 * @param doubled partitions that two instances answered for during a rebalance: their events are counted twice
 */
public record ParkedOverview(
        List<Answered> answered,
        List<Unreachable> unreachable,
        List<Account> accounts,
        SortedSet<Integer> unanswered,
        SortedSet<Integer> doubled) {

    /**
     * Adds the answers of all instances up.
     *
     * @param limit accounts to keep
     */
    public static ParkedOverview of(Collection<InstanceAnswer> answers, int limit) {
        var answered = new ArrayList<Answered>();
        var unreachable = new ArrayList<Unreachable>();
        answers.forEach(answer -> answer.match(answered::add, unreachable::add));
        var unanswered = new TreeSet<Integer>();
        answered.forEach(each -> {
            for (int partition = 0; partition < each.page().scope().partitionsInAll(); partition++) {
                unanswered.add(partition);
            }
        });
        var seen = new TreeSet<Integer>();
        var doubled = new TreeSet<Integer>();
        for (Answered each : answered) {
            for (int partition : each.page().scope().partitions()) {
                if (!seen.add(partition)) {
                    doubled.add(partition);
                }
            }
        }
        unanswered.removeAll(seen);
        List<Account> accounts = answered.stream()
                .flatMap(each -> each.page().accounts().stream())
                .sorted(Account.LONGEST_WAITING_FIRST)
                .limit(limit)
                .toList();
        return new ParkedOverview(answered, unreachable, accounts, unanswered, doubled);
    }

    /** Whether every partition was answered for, once. */
    public boolean complete() {
        return !answered.isEmpty() && unanswered.isEmpty() && doubled.isEmpty();
    }

    public long events() {
        return answered.stream()
                .mapToLong(each -> each.page().totals().events())
                .sum();
    }

    public long waitingAccounts() {
        return answered.stream()
                .mapToLong(each -> each.page().totals().accounts())
                .sum();
    }

    public Optional<Instant> oldestSince() {
        return answered.stream()
                .flatMap(each -> each.page().totals().oldestSince().stream())
                .min(Comparator.naturalOrder());
    }
}
