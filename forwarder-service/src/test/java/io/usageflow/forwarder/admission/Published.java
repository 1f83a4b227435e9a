package io.usageflow.forwarder.admission;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was published, and so what must become of it. Written by one thread; to be read when that has ended.
 *
 * <p>What is expected comes from here only, never from what admission says.
 */
final class Published {
    /** How to have the same again, for the description of assertions. */
    final String story;

    /** Of each account: its distinct events' ids, in the order of their first copies. */
    private final Map<String, List<String>> idsByAccount = new LinkedHashMap<>();

    private final Set<String> strayAccounts = new HashSet<>();
    private final Set<String> linkedAccounts = new HashSet<>();
    private final Set<String> conflicts = new HashSet<>();
    private final Set<String> poison = new HashSet<>();
    private long repeats;
    private long misplaced;

    Published(String story) {
        this.story = story;
    }

    void first(String account, String id) {
        idsByAccount.computeIfAbsent(account, a -> new ArrayList<>()).add(id);
    }

    void repeat() {
        repeats++;
    }

    /** @param mark the event type that this one alone has */
    void conflict(String mark) {
        conflicts.add(mark);
    }

    /** @param key the record's key, which this one alone has */
    void poison(String key) {
        poison.add(key);
    }

    /** One of the records was put into a partition that is not its account's. */
    void misplaced(String account) {
        misplaced++;
        strayAccounts.add(account);
    }

    void linked(String account) {
        linkedAccounts.add(account);
    }

    boolean isLinked(String account) {
        return linkedAccounts.contains(account);
    }

    /** Whether the account's events were all published to its own partition, so that they have an order. */
    boolean hasOrder(String account) {
        return !strayAccounts.contains(account);
    }

    /** What must stand in the deliverable topic: the ids of each linked account. */
    Map<String, List<String>> toBeAdmitted() {
        Map<String, List<String>> admitted = new LinkedHashMap<>(idsByAccount);
        admitted.keySet().retainAll(linkedAccounts);
        return admitted;
    }

    /** What must be parked: the ids of each account without a link. */
    Map<String, List<String>> toBeParked() {
        Map<String, List<String>> parked = new LinkedHashMap<>(idsByAccount);
        parked.keySet().removeAll(linkedAccounts);
        return parked;
    }

    Set<String> conflicts() {
        return conflicts;
    }

    Set<String> poison() {
        return poison;
    }

    long repeats() {
        return repeats;
    }

    long misplaced() {
        return misplaced;
    }

    long distinct() {
        return idsByAccount.values().stream().mapToLong(Collection::size).sum();
    }

    /** Each record is received once, in the end; one in the wrong partition is received in the right one. */
    long toBeReceived() {
        return distinct() + repeats + conflicts.size() + poison.size();
    }

    static long count(Map<String, List<String>> idsByAccount) {
        return idsByAccount.values().stream().mapToLong(Collection::size).sum();
    }

    @Override
    public String toString() {
        return story + ": " + distinct() + " distinct events of " + idsByAccount.size() + " accounts ("
                + linkedAccounts.size() + " linked), " + repeats + " repeats, " + conflicts.size() + " conflicts, "
                + poison.size() + " poison, " + misplaced + " in the wrong partition";
    }
}
