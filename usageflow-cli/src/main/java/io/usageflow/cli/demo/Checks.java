package io.usageflow.cli.demo;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.text.CountText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares what is with what must be, and says in words what does not agree. Pure. */
final class Checks {
    private static final int IDS_NAMED = 5;

    private final List<String> disagreements = new ArrayList<>();

    Checks equal(String what, Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            disagreements.add(what + ": expected " + expected + ", found " + actual);
        }
        return this;
    }

    Checks holds(String what, boolean holds) {
        if (!holds) {
            disagreements.add(what);
        }
        return this;
    }

    Checks deadLetters(String stage, Map<DeadLetterReason, Long> expected, Map<String, Long> actual) {
        Map<String, Long> named = new TreeMap<>();
        expected.forEach((reason, count) -> named.put(reason.name(), count));
        return equal("dead letters of " + stage, named, new TreeMap<>(actual));
    }

    /** Both ways: nothing is missing, nothing is there that should not be. */
    Checks sameIds(String where, Set<String> expected, Set<String> actual) {
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(actual);
        Set<String> surplus = new TreeSet<>(actual);
        surplus.removeAll(expected);
        if (!missing.isEmpty()) {
            disagreements.add(
                    where + " lacks " + CountText.of(missing.size(), "event") + ", among them " + some(missing));
        }
        if (!surplus.isEmpty()) {
            disagreements.add(
                    where + " has " + CountText.of(surplus.size(), "event") + " too many, among them " + some(surplus));
        }
        return this;
    }

    List<String> disagreements() {
        return List.copyOf(disagreements);
    }

    private static List<String> some(Set<String> ids) {
        return ids.stream().limit(IDS_NAMED).toList();
    }
}
