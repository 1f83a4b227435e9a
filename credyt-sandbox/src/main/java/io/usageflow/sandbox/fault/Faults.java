package io.usageflow.sandbox.fault;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The rules in force; the first one that strikes decides. Thread-safe; costs nothing while there are none. */
public final class Faults {
    private final List<Active> rules = new CopyOnWriteArrayList<>();
    private final AtomicInteger nextId = new AtomicInteger(1);
    private final Clock clock;

    public Faults(Clock clock) {
        this.clock = clock;
    }

    /**
     * A rule and the number of its strikes.
     *
     * @param struck the number of requests so far
     */
    public record View(int id, FaultRule rule, int struck) {}

    /** Returns the number of the rule, for its removal. */
    public int add(FaultRule rule) {
        Active active = new Active(nextId.getAndIncrement(), rule);
        rules.add(active);
        return active.id;
    }

    /** Whether there was such a rule. */
    public boolean remove(int id) {
        return rules.removeIf(rule -> rule.id == id);
    }

    public void clear() {
        rules.clear();
    }

    /** Including spent rules. */
    public List<View> all() {
        return rules.stream().map(Active::view).toList();
    }

    public Optional<Fault> strike(String route, String path, byte[] body) {
        for (Active rule : rules) {
            if (rule.strikes(route, path, body)) {
                return Optional.of(rule.rule.fault());
            }
        }
        return Optional.empty();
    }

    private final class Active {
        private final int id;
        private final FaultRule rule;
        private final Random random;
        private int struck;

        Active(int id, FaultRule rule) {
            this.id = id;
            this.rule = rule;
            this.random = new Random(rule.seed());
        }

        synchronized boolean strikes(String route, String path, byte[] body) {
            boolean spent = rule.times() > 0 && struck >= rule.times();
            boolean over = rule.until() != null && !clock.instant().isBefore(rule.until());
            if (spent || over || !rule.match().meets(route, path, body)) {
                return false;
            }
            if (rule.rate() < 1 && random.nextDouble() >= rule.rate()) {
                return false;
            }
            struck++;
            return true;
        }

        synchronized View view() {
            return new View(id, rule, struck);
        }
    }
}
