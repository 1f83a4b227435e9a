package io.usageflow.forwarder.deadletter;

import io.usageflow.schema.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Selects dead letters: every part narrows the selection, and an empty part does not. Immutable and pure.
 *
 * @param reasons any of these
 * @param subject account and event type
 * @param times of the last failure
 * @param ids of dead letters or of events
 * @param states any of these; never empty
 */
public record DeadLetterFilter(
        Set<DeadLetterReason> reasons,
        Optional<DeadLetterStage> stage,
        Subject subject,
        Times times,
        Set<String> ids,
        Set<DeadLetterState> states) {

    /**
     * Tolerance between the last failure and the timestamp of the dead letter's record when Kafka's time index is
     * searched, so that a clock that was set back hides no dead letter.
     */
    static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

    private static final Set<DeadLetterReason> ANYWHERE =
            EnumSet.of(DeadLetterReason.UNDECODABLE, DeadLetterReason.UNKNOWN_SCHEMA, DeadLetterReason.UNDELIVERABLE);

    public record Subject(Optional<String> account, Optional<String> eventType) {
        public static final Subject ANY = new Subject(Optional.empty(), Optional.empty());
    }

    /**
     * A span of time.
     *
     * @param since inclusive
     * @param until exclusive
     */
    public record Times(Optional<Instant> since, Optional<Instant> until) {
        public static final Times ANY = new Times(Optional.empty(), Optional.empty());

        boolean contain(Instant time) {
            return since.map(from -> !time.isBefore(from)).orElse(true)
                    && until.map(time::isBefore).orElse(true);
        }
    }

    public DeadLetterFilter {
        reasons = Set.copyOf(reasons);
        ids = Set.copyOf(ids);
        states = Set.copyOf(states);
        if (states.isEmpty()) {
            throw new IllegalArgumentException("a filter without states lets nothing through: name at least one");
        }
    }

    /** Matches all dead letters without an answer. */
    public static DeadLetterFilter open() {
        return new DeadLetterFilter(
                Set.of(), Optional.empty(), Subject.ANY, Times.ANY, Set.of(), Set.of(DeadLetterState.OPEN));
    }

    /** Matches all dead letters in any state. */
    public static DeadLetterFilter any() {
        return open().states(EnumSet.allOf(DeadLetterState.class));
    }

    public DeadLetterFilter reasons(Collection<DeadLetterReason> wanted) {
        return new DeadLetterFilter(Set.copyOf(wanted), stage, subject, times, ids, states);
    }

    public DeadLetterFilter stage(Optional<DeadLetterStage> wanted) {
        return new DeadLetterFilter(reasons, wanted, subject, times, ids, states);
    }

    public DeadLetterFilter subject(Subject wanted) {
        return new DeadLetterFilter(reasons, stage, wanted, times, ids, states);
    }

    public DeadLetterFilter times(Times wanted) {
        return new DeadLetterFilter(reasons, stage, subject, wanted, ids, states);
    }

    public DeadLetterFilter ids(Collection<String> wanted) {
        return new DeadLetterFilter(reasons, stage, subject, times, Set.copyOf(wanted), states);
    }

    public DeadLetterFilter states(Collection<DeadLetterState> wanted) {
        return new DeadLetterFilter(reasons, stage, subject, times, ids, Set.copyOf(wanted));
    }

    /** Whether the filter matches, apart from the state. */
    public boolean matches(StoredDeadLetter stored) {
        DeadLetter letter = stored.letter();
        return (reasons.isEmpty() || stored.reason().map(reasons::contains).orElse(false))
                && stage.map(wanted -> wanted.word().equals(letter.getStage())).orElse(true)
                && (subject.account.isEmpty() || subject.account.equals(stored.account()))
                && subject.eventType
                        .map(wanted -> wanted.equals(letter.getEventType()))
                        .orElse(true)
                && times.contain(letter.getLastFailedAt())
                && (ids.isEmpty()
                        || ids.contains(letter.getId())
                        || (letter.getEventId() != null && ids.contains(letter.getEventId())));
    }

    /** Whether the filter matches the state. */
    public boolean admits(DeadLetterState state) {
        return states.contains(state);
    }

    /**
     * The account whose partition has all matching dead letters, if there is one. Admission handles an event in its
     * account's partition and writes the dead letter to it. Unreadable bytes stay in the partition that their producer
     * chose.
     */
    Optional<String> partitionedBy() {
        return reasons.isEmpty() || reasons.stream().anyMatch(ANYWHERE::contains) ? Optional.empty() : subject.account;
    }

    /** The time before which no record can match. */
    Optional<Instant> writtenSince() {
        return times.since.map(since -> since.minus(CLOCKS_DIFFER));
    }

    /** For people. */
    @Override
    public String toString() {
        String states = this.states.size() == DeadLetterState.values().length
                ? "any state"
                : this.states.stream()
                        .map(state -> state.name().toLowerCase(Locale.ROOT))
                        .sorted()
                        .collect(Collectors.joining(" or "));
        return states
                + (reasons.isEmpty()
                        ? ""
                        : ", reason "
                                + reasons.stream().map(Enum::name).sorted().collect(Collectors.joining(" or ")))
                + stage.map(wanted -> ", stage " + wanted.word()).orElse("")
                + subject.account.map(wanted -> ", account " + wanted).orElse("")
                + subject.eventType.map(wanted -> ", event type " + wanted).orElse("")
                + times.since.map(since -> ", failed since " + since).orElse("")
                + times.until.map(until -> ", failed before " + until).orElse("")
                + (ids.isEmpty()
                        ? ""
                        : ids.size() == 1 ? ", id " + ids.iterator().next() : ", " + ids.size() + " ids");
    }
}
