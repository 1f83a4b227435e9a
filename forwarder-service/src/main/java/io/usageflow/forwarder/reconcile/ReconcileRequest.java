package io.usageflow.forwarder.reconcile;

import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What to reconcile. Immutable.
 *
 * @param period when Credyt accepted the events, by their receipts; in a search, by Credyt, or else when they occurred
 * @param account the only account, or all if empty
 * @param free event types that have no price at Credyt
 * @param perSecond questions to Credyt at most, above 0
 * @param repair what to do about missing events
 * @param report the file for the findings, with the checkpoint next to it; if empty, no run can be resumed
 */
public record ReconcileRequest(
        Period period,
        Optional<String> account,
        Set<String> free,
        double perSecond,
        Repair repair,
        Optional<Path> report) {
    public static final double PER_SECOND_DEFAULT = CredytQueries.PER_SECOND_DEFAULT;
    public static final double PER_SECOND_MAX = 10_000;

    public ReconcileRequest {
        free = Set.copyOf(free);
        if (!(perSecond > 0 && perSecond <= PER_SECOND_MAX)) {
            throw new IllegalArgumentException("the rate is " + perSecond + ": use more than 0 and at most "
                    + (int) PER_SECOND_MAX + " questions a second");
        }
    }

    /**
     * A half-open interval.
     *
     * @param text as it was given: a run with the same text resumes
     */
    public record Period(Instant from, Instant to, String text) {
        public Period {
            if (!from.isBefore(to)) {
                throw new IllegalArgumentException("the period ends before it begins: from " + from + " to " + to);
            }
        }
    }

    /**
     * What to do about missing events.
     *
     * @param who for the audit; empty if nothing is sent
     * @param again whether to send events that an earlier repair has sent
     */
    public record Repair(Mode mode, String who, String why, boolean again) {
        /** How far a repair goes. */
        public enum Mode {
            NONE,
            /** Count what would be sent. */
            PLAN,
            /** Send it. */
            APPLY
        }

        public static Repair none() {
            return new Repair(Mode.NONE, "", "", false);
        }

        public static Repair plan() {
            return new Repair(Mode.PLAN, "", "", false);
        }

        public static Repair apply(String who, String why, boolean again) {
            return new Repair(Mode.APPLY, who, why, again);
        }
    }
}
