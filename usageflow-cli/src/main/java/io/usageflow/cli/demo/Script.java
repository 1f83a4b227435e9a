package io.usageflow.cli.demo;

import io.usageflow.cli.demo.Assignment.Assigned;
import io.usageflow.cli.demo.DemoAccount.Introduction;
import io.usageflow.cli.demo.DemoTrace.TraceRow;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.producer.UsageEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The steps of the demo, in order, and the outcome that they must have. Pure: the requests of the trace, each published
 * once as an event that must reach Credyt, and between them what goes wrong in practice.
 *
 * @param steps in the order of time; {@code pace} has, for each, when the trace has it
 * @param outcome what must have become of the steps when all is quiet again
 */
record Script(List<TimedStep> steps, Outcome outcome) {
    /** @param at in the trace's own time, moved to end at the run's start */
    record TimedStep(Instant at, Step step) {}

    /**
     * @param received records that admission must judge
     * @param deliveredIds ids that Credyt must have, one for each request of the trace
     */
    record Outcome(
            long received,
            long admitted,
            long duplicates,
            long rerouted,
            long parked,
            Map<DeadLetterReason, Long> admissionDeadLetters,
            Map<DeadLetterReason, Long> deliveryDeadLetters,
            Set<String> deliveredIds) {}

    static Script of(List<TraceRow> rows, Assignment assignment, List<DemoAccount> accounts) {
        return new Writer(rows, assignment, accounts).write();
    }

    /** Goes through the trace once and plants what goes wrong at fixed distances. */
    private static final class Writer {
        private final List<TraceRow> rows;
        private final Assignment assignment;
        private final List<DemoAccount> accounts;
        private final List<TimedStep> steps = new ArrayList<>();
        private final Set<String> deliveredIds = new TreeSet<>();
        private final Map<DeadLetterReason, Long> admissionDeadLetters = new TreeMap<>();
        private final Map<DeadLetterReason, Long> deliveryDeadLetters = new TreeMap<>();
        private long published;
        private long duplicates;
        private long rerouted;
        private long admittedInVain;
        private long parked;

        Writer(List<TraceRow> rows, Assignment assignment, List<DemoAccount> accounts) {
            this.rows = rows;
            this.assignment = assignment;
            this.accounts = accounts;
        }

        Script write() {
            DemoFaults faults = new DemoFaults(rows.size());
            for (int i = 0; i < rows.size(); i++) {
                Instant at = rows.get(i).at();
                UsageEvent event = event(i);
                deliveredIds.add(faults.idOf(rows.get(i)));
                if (faults.misplaces(i)) {
                    rerouted++;
                    publish(at, new Step.PublishMisplaced(event));
                } else {
                    publish(at, new Step.Publish(event));
                }
                if (faults.repeats(i)) {
                    duplicates++;
                    publish(at, new Step.Publish(event(Math.max(0, i - faults.repeatDistance(i)))));
                }
                if (faults.contradicts(i) && !faults.misplaces(i)) {
                    deadLettered(admissionDeadLetters, DeadLetterReason.ID_CONFLICT);
                    publish(
                            at,
                            new Step.Publish(
                                    event.data("input_tokens", rows.get(i).inputTokens() + 1)));
                }
                if (i == rows.size() / 2) {
                    accounts.stream()
                            .filter(account -> account.introduction() == Introduction.LINKED_LATE)
                            .forEach(account -> steps.add(new TimedStep(at, new Step.Link(account))));
                    addPoison(at, faults);
                }
            }
            return new Script(
                    List.copyOf(steps),
                    new Outcome(
                            published,
                            rows.size() + admittedInVain,
                            duplicates,
                            rerouted,
                            parked,
                            admissionDeadLetters,
                            deliveryDeadLetters,
                            deliveredIds));
        }

        private void addPoison(Instant at, DemoFaults faults) {
            faults.poison(at).forEach((reason, poisons) -> {
                for (Step poison : poisons) {
                    deadLettered(admissionDeadLetters, reason);
                    publish(at, poison);
                }
            });
            faults.refusedByCredyt(at, accounts.get(0)).forEach(event -> {
                deadLettered(deliveryDeadLetters, DeadLetterReason.REJECTED);
                admittedInVain++;
                publish(at, new Step.Publish(event));
            });
            steps.add(new TimedStep(at, new Step.LinkToUnknown(DemoFaults.GHOST_ACCOUNT, "unknown-at-credyt")));
            faults.ofGhost(at).forEach(event -> {
                deadLettered(deliveryDeadLetters, DeadLetterReason.CUSTOMER_UNKNOWN);
                admittedInVain++;
                publish(at, new Step.Publish(event));
            });
            faults.neverLinked(at).forEach(event -> {
                parked++;
                publish(at, new Step.Publish(event));
            });
        }

        private void publish(Instant at, Step step) {
            published++;
            steps.add(new TimedStep(at, step));
        }

        private static void deadLettered(Map<DeadLetterReason, Long> counts, DeadLetterReason reason) {
            counts.merge(reason, 1L, Long::sum);
        }

        private UsageEvent event(int i) {
            TraceRow row = rows.get(i);
            Assigned assigned = assignment.assign(row);
            return DemoEvents.of(row, assigned, accounts.get(assigned.account()));
        }
    }

    /** One thing the demo does to the pipeline. */
    sealed interface Step {
        /** A service publishes through the producer library. */
        record Publish(UsageEvent event) implements Step {}

        /** A producer of another language, which hashes keys otherwise, puts the event into a partition not its own. */
        record PublishMisplaced(UsageEvent event) implements Step {}

        /** A producer without our library, and without its checks, publishes an event that breaks a rule. */
        record PublishUnchecked(io.usageflow.schema.UsageEvent event) implements Step {}

        /** Bytes that are no event at all. */
        record PublishBytes(String key, byte[] value) implements Step {}

        /** The account's link arrives. */
        record Link(DemoAccount account) implements Step {}

        /** An account is linked to a customer that Credyt does not have. */
        record LinkToUnknown(String accountId, String externalId) implements Step {}
    }
}
