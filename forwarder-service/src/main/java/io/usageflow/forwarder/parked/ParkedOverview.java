package io.usageflow.forwarder.parked;

import io.usageflow.forwarder.parked.InstanceAnswer.ParkedAccount;
import io.usageflow.forwarder.parked.InstanceAnswer.Silent;
import io.usageflow.forwarder.parked.InstanceAnswer.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The answers of all instances that were asked. Immutable.
 *
 * @param told that answered
 * @param silent that did not
 * @param accounts the longest waiting first, of all that answered
 * @param unanswered partitions nobody answered for; none where no instance answered, since then nobody knows how many
 *     there are
 * @param doubled partitions that two answered for, as they go from one to the other: their events are counted twice
 */
public record ParkedOverview(
        List<Told> told,
        List<Silent> silent,
        List<ParkedAccount> accounts,
        SortedSet<Integer> unanswered,
        SortedSet<Integer> doubled) {

    /** @param limit accounts to keep */
    public static ParkedOverview of(Collection<InstanceAnswer> answers, int limit) {
        var told = new ArrayList<Told>();
        var silent = new ArrayList<Silent>();
        answers.forEach(answer -> answer.match(told::add, silent::add));
        var unanswered = new TreeSet<Integer>();
        told.forEach(each -> {
            for (int partition = 0; partition < each.partitionsInAll(); partition++) {
                unanswered.add(partition);
            }
        });
        var answered = new TreeSet<Integer>();
        var doubled = new TreeSet<Integer>();
        for (Told each : told) {
            for (int partition : each.partitions()) {
                if (!answered.add(partition)) {
                    doubled.add(partition);
                }
            }
        }
        unanswered.removeAll(answered);
        List<ParkedAccount> accounts = told.stream()
                .flatMap(each -> each.shown().stream())
                .sorted(Comparator.comparing(ParkedAccount::since).thenComparing(ParkedAccount::account))
                .limit(limit)
                .toList();
        return new ParkedOverview(told, silent, accounts, unanswered, doubled);
    }

    /** Whether every partition was answered for, once. */
    public boolean complete() {
        return !told.isEmpty() && unanswered.isEmpty() && doubled.isEmpty();
    }

    public long events() {
        return told.stream().mapToLong(Told::events).sum();
    }

    public long waitingAccounts() {
        return told.stream().mapToLong(Told::accounts).sum();
    }

    public Optional<Instant> oldestSince() {
        return told.stream().flatMap(each -> each.oldestSince().stream()).min(Comparator.naturalOrder());
    }
}
